import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentRange, parseRange } from './ranges.ts';

const ranges = (...pairs: [number, number][]) => ({
  kind: 'ranges',
  ranges: pairs.map(([start, end]) => ({ start, end })),
});
const ignore = { kind: 'ignore' };
const unsatisfiable = { kind: 'unsatisfiable' };
const far = '9'.repeat(400);

describe('parseRange on 10,000 bytes', () => {
  test.each<[string, object]>([
    // RFC 9110 §14.1.2's own examples
    ['bytes=0-499', ranges([0, 499])],
    ['bytes=500-999', ranges([500, 999])],
    ['bytes=-500', ranges([9500, 9999])],
    ['bytes=9500-', ranges([9500, 9999])],
    ['bytes=0-0,-1', ranges([0, 0], [9999, 9999])],
    ['bytes= 0-999, 4500-5499, -1000', ranges([0, 999], [4500, 5499], [9000, 9999])],
    ['bytes=500-600,601-999', ranges([500, 999])],
    ['bytes=500-700,601-999', ranges([500, 999])],
    // edges
    ['bytes=0-', ranges([0, 9999])],
    ['bytes=9999-', ranges([9999, 9999])],
    ['bytes=9999-9999', ranges([9999, 9999])],
    ['bytes=0-9999', ranges([0, 9999])],
    ['bytes=0-10000', ranges([0, 9999])],
    [`bytes=0-${far}`, ranges([0, 9999])],
    ['bytes=-10000', ranges([0, 9999])],
    ['bytes=-20000', ranges([0, 9999])],
    [`bytes=-${far}`, ranges([0, 9999])],
    ['bytes=007-008', ranges([7, 8])],
    ['BYTES=1-2', ranges([1, 2])],
    // out of reach
    ['bytes=10000-', unsatisfiable],
    ['bytes=10000-10001', unsatisfiable],
    [`bytes=${far}-`, unsatisfiable],
    ['bytes=-0', unsatisfiable],
    ['bytes=10000-,-0', unsatisfiable],
    ['bytes=20000-,5-6', ranges([5, 6])],
    // empty list elements are legal, alone they are nothing
    ['bytes=,0-1,,2000-2001,', ranges([0, 1], [2000, 2001])],
    ['bytes=\t0-1 ,\t2000-2001', ranges([0, 1], [2000, 2001])],
    ['bytes=', ignore],
    ['bytes=,', ignore],
    // malformed: the whole header is ignored, the good part of it too
    ['bytes=5-2', ignore],
    [`bytes=${far}1-${far}`, ignore],
    ['bytes=-', ignore],
    ['bytes=a-b', ignore],
    ['bytes=0-1,x', ignore],
    ['bytes=0-1,5-2', ignore],
    ['bytes=0x10-0x20', ignore],
    ['bytes=+1-2', ignore],
    ['bytes=1.0-2', ignore],
    ['bytes=0 - 1', ignore],
    ['bytes=--1', ignore],
    ['bytes 0-1', ignore],
    ['bytes', ignore],
    ['', ignore],
    ['seconds=0-1', ignore],
    ['bytes=١-٢', ignore],
    // coalescing keeps the order of the first asking
    ['bytes=5000-5099,0-99', ranges([5000, 5099], [0, 99])],
    ['bytes=5000-5099,0-99,5050-5200', ranges([5000, 5200], [0, 99])],
    ['bytes=0-99,200-299', ranges([0, 299])],
  ])('%s', (header, expected) => {
    expect(parseRange(header, 10_000)).toEqual(expected);
  });

  test('many overlapping ranges are one, many scattered ones are the whole file', () => {
    const nested = Array.from({ length: 60 }, (_, n) => `${n}-`).join(',');
    expect(parseRange(`bytes=${nested}`, 10_000)).toEqual(ranges([0, 9999]));
    const scattered = Array.from({ length: 17 }, (_, n) => `${n * 500}-${n * 500}`);
    expect(parseRange(`bytes=${scattered.join(',')}`, 10_000)).toEqual(ignore);
    expect(parseRange(`bytes=${scattered.slice(1).join(',')}`, 10_000)).toMatchObject({ kind: 'ranges' });
    expect(parseRange(`bytes=${Array(65).fill('0-0').join(',')}`, 10_000)).toEqual(ignore);
  });

  test.each(['bytes=0-', 'bytes=0-0', 'bytes=-1', 'bytes=5-'])('an empty file ignores %s', (header) => {
    expect(parseRange(header, 0)).toEqual(ignore);
  });
});

describe('whatever is asked', () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 2 ** 40 }));
  const number = fc.oneof(
    fc.nat(6000).map(String),
    fc.bigInt({ min: 0n, max: 1n << 70n }).map(String),
    fc.constant(''),
  );
  const spec = fc.tuple(number, number).map(([a, b]) => `${a}-${b}`);
  const header = fc.oneof(
    fc.array(spec, { minLength: 1, maxLength: 30 }).map((specs) => `bytes=${specs.join(',')}`),
    fc.string().map((text) => `bytes=${text}`),
    fc.string(),
  );

  test('no range leaves the file, overlaps another, or is turned round', () => {
    fc.assert(
      fc.property(header, size, (text, sizeBytes) => {
        const answer = parseRange(text, sizeBytes);
        if (answer.kind !== 'ranges') return;
        const sorted = answer.ranges.toSorted((a, b) => a.start - b.start);
        for (const [index, { start, end }] of sorted.entries()) {
          expect(Number.isSafeInteger(start) && Number.isSafeInteger(end)).toBe(true);
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThan(sizeBytes);
          expect(start).toBeGreaterThan(sorted[index - 1]?.end ?? -1);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('a single valid range gives exactly the bytes that slice gives', () => {
    const file = Buffer.from(Array.from({ length: 300 }, (_, n) => n % 251));
    fc.assert(
      fc.property(fc.nat(350), fc.option(fc.nat(350)), (first, last) => {
        const answer = parseRange(`bytes=${first}-${last ?? ''}`, file.length);
        const wanted = file.subarray(first, last === null ? undefined : last + 1);
        if (last !== null && last < first) expect(answer).toEqual(ignore);
        else if (wanted.length === 0) expect(answer).toEqual(unsatisfiable);
        else {
          if (answer.kind !== 'ranges') throw new Error(`not a range: ${answer.kind}`);
          const [only, ...others] = answer.ranges;
          expect(others).toEqual([]);
          expect(file.subarray(only.start, only.end + 1)).toEqual(wanted);
        }
      }),
    );
  });

  test('every byte that was asked for is in some range', () => {
    const pairs = fc.array(fc.tuple(fc.nat(999), fc.nat(999)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(pairs, (asked) => {
        const ordered = asked.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
        const answer = parseRange(`bytes=${ordered.map(([a, b]) => `${a}-${b}`).join(',')}`, 1000);
        if (answer.kind !== 'ranges') throw new Error(`not ranges: ${answer.kind}`);
        for (const [a, b] of ordered) {
          expect(answer.ranges.some(({ start, end }) => start <= a && b <= end)).toBe(true);
        }
      }),
    );
  });
});

test('contentRange', () => {
  expect(contentRange({ start: 0, end: 499 }, 1234)).toBe('bytes 0-499/1234');
  expect(contentRange(null, 1234)).toBe('bytes */1234');
});
