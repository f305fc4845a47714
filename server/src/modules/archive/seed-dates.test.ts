import { expect, test } from 'vitest';
import { seedTimes } from './seed-dates.ts';

const PARIS = 'Europe/Paris';
const at = (iso: string) => Date.parse(iso);
const tuesday = { weekday: 2, start: '15:00', minutes: 90 };

test('a weekday of last week, in the clock of the zone', () => {
  expect(seedTimes({ ...tuesday, weeksAgo: 1 }, PARIS, at('2026-01-15T10:00:00Z'))).toEqual({
    date: '2026-01-06',
    start_time: '2026-01-06T14:00:00.000Z',
    end_time: '2026-01-06T15:30:00.000Z',
  });
});

test('negative weeks lie ahead', () => {
  const { date } = seedTimes({ ...tuesday, weeksAgo: -1 }, PARIS, at('2026-01-15T10:00:00Z'));
  expect(date).toBe('2026-01-20');
});

test('Sunday belongs to the week that began on Monday', () => {
  const sunday = at('2026-01-18T12:00:00Z');
  expect(seedTimes({ ...tuesday, weeksAgo: 0 }, PARIS, sunday).date).toBe('2026-01-13');
  expect(seedTimes({ ...tuesday, weekday: 7, weeksAgo: 0 }, PARIS, sunday).date).toBe('2026-01-18');
});

test('today is the zone’s, not that of UTC', () => {
  // Monday 00:30 in Paris is still Sunday in UTC.
  expect(seedTimes({ ...tuesday, weeksAgo: 0 }, PARIS, at('2026-01-18T23:30:00Z')).date).toBe('2026-01-20');
});

test('clocks that changed in between are heeded', () => {
  // Summer time began on 29 March 2026.
  const seen = at('2026-04-01T10:00:00Z');
  expect(seedTimes({ ...tuesday, weeksAgo: 0 }, PARIS, seen).start_time).toBe('2026-03-31T13:00:00.000Z');
  expect(seedTimes({ ...tuesday, weeksAgo: 1 }, PARIS, seen).start_time).toBe('2026-03-24T14:00:00.000Z');
});

test('without a length there is no end', () => {
  const open = { weeksAgo: 0, weekday: 3, start: '09:30' };
  expect(seedTimes(open, PARIS, at('2026-01-15T10:00:00Z')).end_time).toBeNull();
});
