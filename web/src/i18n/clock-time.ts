/** Writes seconds as a place in sound: `7:05`, `1:02:45`; hours appear when the whole has some. */
export function formatClock(seconds: number, wholeSeconds = seconds): string {
  const total = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const two = (value: number) => String(value).padStart(2, '0');
  if (hours > 0 || wholeSeconds >= 3600) return `${hours}:${two(minutes)}:${two(total % 60)}`;
  return `${minutes}:${two(total % 60)}`;
}

/** Writes a place exactly enough for an address that lands on a word: `1:02:45.3`. Never later than the word. */
export function formatPlace(seconds: number): string {
  const tenths = Math.max(0, Math.floor(seconds * 10 + 1e-6));
  const rest = tenths % 10;
  return `${formatClock(Math.floor(tenths / 10))}${rest === 0 ? '' : `.${rest}`}`;
}

/** Reads `754`, `12:34`, `1:02:45`, `1h2m45s` or `62m`; null when it is no instant. */
export function parseClock(text: string): number | null {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?s?$/.test(trimmed)) return Number.parseFloat(trimmed);
  if (/^\d+(:\d{1,2}){1,2}(\.\d+)?$/.test(trimmed)) {
    return trimmed.split(':').reduce((total, part) => total * 60 + Number(part), 0);
  }
  const spelled = /^(?:(\d+)h)?(?:(\d+)m(?:in)?)?(?:(\d+)s)?$/.exec(trimmed);
  if (spelled === null || trimmed === '') return null;
  const [, hours, minutes, seconds] = spelled;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
}
