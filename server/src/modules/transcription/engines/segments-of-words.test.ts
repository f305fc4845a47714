import fc from 'fast-check';
import { expect, test } from 'vitest';
import { segmentsOfWords } from './segments-of-words.ts';

const word = (text: string, startMs: number, endMs: number) => ({ text, startMs, endMs, confidence: 0.5 });

test('a pause ends a sentence, a breath does not', () => {
  const words = [
    word('good', 0, 300),
    word('morning', 400, 900),
    word('council', 1350, 1800),
    word('élus', 1900, 2000),
  ];
  expect(segmentsOfWords(words)).toMatchObject([
    { startMs: 0, endMs: 900, text: 'Good morning', confidence: 0.5, speaker: null },
    { startMs: 1350, endMs: 2000, text: 'Council élus' },
  ]);
});

test('who never pauses is cut where the gap is widest, rather in the middle', () => {
  const words = Array.from({ length: 40 }, (_none, at) =>
    word(`w${at}`, at * 500, at * 500 + (at === 19 ? 200 : 450)),
  );
  const segments = segmentsOfWords(words);
  expect(segments.map(({ words: own }) => own?.length)).toEqual([20, 20]);
});

test('no word is lost, none is said twice, and segments are short enough to be read', () => {
  const steps = fc.array(fc.record({ gapMs: fc.nat(1000), lengthMs: fc.integer({ min: 10, max: 2000 }) }), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(steps, (list) => {
      let atMs = 0;
      const words = list.map(({ gapMs, lengthMs }, at) => {
        const startMs = atMs + gapMs;
        atMs = startMs + lengthMs;
        return word(`W${at}`, startMs, atMs);
      });
      const segments = segmentsOfWords(words);
      expect(segments.flatMap((segment) => segment.words)).toEqual(words);
      for (const { startMs, endMs, text, words: own } of segments) {
        expect(endMs - startMs).toBeLessThanOrEqual(12_000);
        expect(text).toBe(own?.map((each) => each.text).join(' '));
      }
    }),
  );
});
