const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const month = months.join('|');
const time = '(\\d{2}):(\\d{2}):(\\d{2})';
const shortDay = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const longDay = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const imfFixdate = new RegExp(`^${shortDay}, (\\d{2}) (${month}) (\\d{4}) ${time} GMT$`);
const rfc850 = new RegExp(`^${longDay}, (\\d{2})-(${month})-(\\d{2}) ${time} GMT$`);
const asctime = new RegExp(`^${shortDay} (${month}) ([ \\d]\\d) ${time} (\\d{4})$`);

/** The date as HTTP writes it (IMF-fixdate, RFC 9110 §5.6.7), to the second. */
export function formatHttpDate(date: Date): string {
  return date.toUTCString();
}

/** Milliseconds since the epoch of any of the three forms of RFC 9110 §5.6.7, or null; `Date.parse` takes far more. */
export function parseHttpDate(text: string, nowMs: number = Date.now()): number | null {
  const modern = imfFixdate.exec(text);
  if (modern) {
    const [, day, name, year, ...clock] = modern;
    return toMs(Number(year), name, Number(day), clock);
  }
  const old = rfc850.exec(text);
  if (old) {
    const [, day, name, year, ...clock] = old;
    return toMs(nearYear(Number(year), nowMs), name, Number(day), clock);
  }
  const oldest = asctime.exec(text);
  if (oldest) {
    const [, name, day, hour, minute, second, year] = oldest;
    return toMs(Number(year), name, Number(day), [hour, minute, second]);
  }
  return null;
}

/** A two-digit year more than 50 years ahead means the past one (RFC 9110 §5.6.7). */
function nearYear(twoDigits: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const candidate = thisYear - (thisYear % 100) + twoDigits;
  return candidate > thisYear + 50 ? candidate - 100 : candidate;
}

function toMs(
  year: number,
  monthName: string | undefined,
  day: number,
  clock: (string | undefined)[],
): number | null {
  const [hour = 99, minute = 99, second = 99] = clock.map(Number);
  const index = months.indexOf(monthName ?? '');
  // 60 is a leap second, which Date.UTC carries over.
  if (hour > 23 || minute > 59 || second > 60) return null;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, index, day);
  if (midnight.getUTCDate() !== day || midnight.getUTCMonth() !== index) return null;
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}
