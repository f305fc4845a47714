import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  barsOf,
  closestViewSeconds,
  fitView,
  followView,
  gainOf,
  heightsOf,
  placeOf,
  secondAt,
  ticksOf,
  zoomView,
} from './peaks.ts';

test('each bar is the highest peak under it', () => {
  expect([...barsOf([0, 0.5, 0.25, 1], 0, 1, 2)]).toEqual([0.5, 1]);
  expect([...barsOf([0, 0.5, 0.25, 1], 0.5, 1, 2)]).toEqual([0.25, 1]);
  expect([...barsOf([0.5, 1], 0, 1, 4)]).toEqual([0.5, 0.5, 1, 1]);
  expect([...barsOf([], 0, 1, 2)]).toEqual([0, 0]);
});

test('the lowest and the highest value of a point make one height', () => {
  expect(heightsOf([-0.5, 0.25, -0.1, 0.75], 2)).toEqual([0.5, 0.75]);
  expect(heightsOf([0.5, 0.75], 2)).toEqual([0.5, 0.75]);
  expect(heightsOf([], 0)).toEqual([]);
});

test('no peak is lost between bars', () => {
  const peaks = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(peaks, fc.integer({ min: 1, max: 500 }), (values, count) => {
      expect(Math.max(...barsOf(values, 0, 1, count))).toBe(Math.max(...values));
    }),
  );
});

test('quiet speech is lifted, silence is not', () => {
  expect(gainOf([0.25, 0.25, 0.25])).toBeCloseTo(4);
  expect(gainOf([0, 0])).toBe(1);
  expect(gainOf([0.01, 0.01])).toBe(8);
});

test('zooming keeps the instant under the pointer and stays inside the sound', () => {
  const view = zoomView({ from: 0, to: 100 }, 2, 50, 100);
  expect(view).toEqual({ from: 25, to: 75 });
  expect(zoomView(view, 0.1, 30, 100)).toEqual({ from: 0, to: 100 });
  const numbers = fc.double({ min: 0.01, max: 100, noNaN: true });
  fc.assert(
    fc.property(numbers, fc.double({ min: 0, max: 3600, noNaN: true }), (factor, anchor) => {
      const zoomed = zoomView({ from: 600, to: 1200 }, factor, anchor, 3600);
      expect(zoomed.from).toBeGreaterThanOrEqual(0);
      expect(zoomed.to).toBeLessThanOrEqual(3600.001);
      expect(zoomed.to - zoomed.from).toBeGreaterThanOrEqual(closestViewSeconds - 0.001);
    }),
  );
});

test('a sound shorter than the closest view is seen whole', () => {
  expect(fitView({ from: 0, to: 1 }, 4)).toEqual({ from: 0, to: 4 });
});

test('the view turns the page with the playhead', () => {
  const view = { from: 0, to: 100 };
  expect(followView(view, 50, 1000)).toBe(view);
  const turned = followView(view, 101, 1000);
  expect(turned.to - turned.from).toBe(100);
  expect(turned.from).toBeCloseTo(93);
  expect(followView(view, 999, 1000)).toEqual({ from: 900, to: 1000 });
});

test('a place on screen and its second are each other', () => {
  const view = { from: 30, to: 90 };
  expect(placeOf(secondAt(120, 600, view), 600, view)).toBeCloseTo(120);
  expect(secondAt(-5, 600, view)).toBe(30);
  expect(secondAt(900, 600, view)).toBe(90);
});

test('ticks are round and far enough apart', () => {
  expect(ticksOf({ from: 0, to: 3600 }, 800)).toEqual([0, 600, 1200, 1800, 2400, 3000, 3600]);
  expect(ticksOf({ from: 62, to: 72 }, 1000)).toEqual([62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72]);
});
