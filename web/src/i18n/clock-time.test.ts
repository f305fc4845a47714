import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatClock, formatPlace, parseClock } from './clock-time.ts';

test.each([
  [0, '0:00'],
  [65.9, '1:05'],
  [3599, '59:59'],
  [3765, '1:02:45'],
  [36000, '10:00:00'],
  [-3, '0:00'],
  [Number.NaN, '0:00'],
])('%s seconds are written %s', (seconds, text) => expect(formatClock(seconds)).toBe(text));

test('a short place in a long sound shows its hours', () => {
  expect(formatClock(65, 7200)).toBe('0:01:05');
});

test.each([
  ['754', 754],
  ['754s', 754],
  ['12.5', 12.5],
  ['12:34', 754],
  ['62:45', 3765],
  ['1:02:45', 3765],
  ['1h2m45s', 3765],
  ['2m', 120],
  ['1h', 3600],
  [' 7:05 ', 425],
])('%s is read as %s seconds', (text, seconds) => expect(parseClock(text)).toBe(seconds));

test.each(['', 'abc', '-5', '1:2:3:4', '12:345', ':30', '1e3', 'NaN'])('%j is no instant', (text) => {
  expect(parseClock(text)).toBeNull();
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.nat(500_000), (seconds) => {
      expect(parseClock(formatClock(seconds))).toBe(seconds);
    }),
  );
});

test.each([
  [0, '0:00'],
  [12.34, '0:12.3'],
  [59.99, '0:59.9'],
  [62, '1:02'],
  [3765.07, '1:02:45'],
  [0.3, '0:00.3'],
])('the place %s is written %s, never later than it is', (seconds, text) => {
  expect(formatPlace(seconds)).toBe(text);
  expect(parseClock(text)).toBeCloseTo(Math.floor(seconds * 10 + 1e-6) / 10, 6);
});
