import { dayOf } from './debat.ts';
import type { SeedDebat } from './seed-data.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** When a débat of the seed takes place, as bodies say it. */
export interface SeedTimes {
  /** YYYY-MM-DD in the seed's zone. */
  date: string;
  start_time: string;
  end_time: string | null;
}

/** Turns "the Tuesday of last week at 15:00" into instants, seen from `nowMs`. */
export function seedTimes(
  debat: Pick<SeedDebat, 'weeksAgo' | 'weekday' | 'start' | 'minutes'>,
  timeZone: string,
  nowMs: number,
): SeedTimes {
  // Days are counted at noon UTC, where no change of clocks moves them into another day.
  const today = Date.parse(`${dayOf(nowMs, timeZone)}T12:00:00Z`);
  const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY_MS;
  const day = new Date(monday + (debat.weekday - 1 - 7 * debat.weeksAgo) * DAY_MS);
  const date = day.toISOString().slice(0, 10);
  const startMs = instantOf(`${date}T${debat.start}`, timeZone);
  return {
    date,
    start_time: new Date(startMs).toISOString(),
    end_time:
      debat.minutes === undefined ? null : new Date(startMs + debat.minutes * MINUTE_MS).toISOString(),
  };
}

/** The instant at which clocks in the zone show this time; debates do not begin in the hour that clocks change. */
function instantOf(wallTime: string, timeZone: string): number {
  const asUtc = Date.parse(`${wallTime}Z`);
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const offsetMs = Date.parse(`${shown.format(asUtc).replace(' ', 'T')}Z`) - asUtc;
  return asUtc - offsetMs;
}
