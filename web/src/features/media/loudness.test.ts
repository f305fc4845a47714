import { expect, test } from 'vitest';
import { curveAsCsv, distanceTo, type Loudness, placeOn, targets, usualSpan } from './loudness.ts';

const measured = (lufs: (number | null)[]): Loudness => ({
  state: 'measured',
  integrated_lufs: -20,
  range_lu: 5,
  true_peak_dbtp: -1,
  sample_peak_dbfs: -1.2,
  max_momentary_lufs: -12,
  max_short_term_lufs: -14,
  short_term: { seconds_per_point: 2, lufs },
  clipping: { runs: 0, samples: 0, places: [] },
  faults: [],
  sample_rate: 48_000,
  channels: 2,
  generated_at: '2026-01-01T00:00:00.000Z',
});

test('within the tolerance a loudness is as wanted', () => {
  expect(distanceTo(targets.broadcast, -23.9)).toBe(0);
  expect(distanceTo(targets.broadcast, -20)).toBe(3);
  expect(distanceTo(targets.online, -20)).toBe(-4);
});

test('places stay on the picture', () => {
  expect(placeOn(-41)).toBe(0);
  expect(placeOn(-23)).toBe(50);
  expect(placeOn(-70)).toBe(0);
  expect(placeOn(3)).toBe(100);
});

test('pauses are not part of how the loudness varies', () => {
  expect(usualSpan(measured([null, -60, -22, -20, -18]))).toEqual({ low: -22, high: -18 });
  expect(usualSpan(measured([null]))).toEqual({ low: -20, high: -20 });
  expect(usualSpan({ ...measured([]), integrated_lufs: null })).toBeNull();
});

test('the curve is a table of seconds', () => {
  expect(curveAsCsv(measured([null, -20.5]))).toBe('seconds,short_term_lufs\r\n0,\r\n2,-20.5\r\n');
});
