import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePlaces, encodePlaces, LAST_WORD, placeOf, segmentOf, wordOf } from './postings.ts';

const placesOf = (parts: readonly Uint8Array[]): number[] => {
  const places = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let count = 0;
  for (const part of parts) count = decodePlaces(part, places, count);
  return [...places.subarray(0, count)];
};

describe('places', () => {
  it('come back as they went, in parts that fit an index entry', () => {
    const ascending = fc
      .uniqueArray(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { maxLength: 3_000 })
      .map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(ascending, (places) => {
        const parts = encodePlaces(places);
        for (const part of parts) expect(part.length).toBeLessThanOrEqual(1_800);
        expect(placesOf(parts)).toEqual(places);
      }),
      { numRuns: 50 },
    );
  });

  it('name a segment and a word', () => {
    fc.assert(
      fc.property(fc.nat(1_500_000), fc.nat(5_000), (segment, word) => {
        const place = placeOf(segment, word);
        expect([segmentOf(place), wordOf(place)]).toEqual([segment, Math.min(word, LAST_WORD)]);
      }),
    );
  });
});
