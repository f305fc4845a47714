import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EngineFailure, type RecognisedSegment } from './engine.ts';
import { readReply } from './http-reply.ts';

const seconds = (segments: readonly RecognisedSegment[]) =>
  segments.map(({ startMs, endMs, text }) => `${startMs}-${endMs} ${text}`);
const words = (segment: RecognisedSegment | undefined) =>
  segment?.words?.map(({ startMs, endMs, text }) => `${startMs}-${endMs} ${text}`) ?? null;
const word = (text: string, start: unknown, end: unknown) => ({ word: text, start, end });

describe('times that cannot be', () => {
  test.each<[string, unknown[], string[]]>([
    ['negative', [{ start: -3, end: 2, text: 'a' }], ['0-2000 a']],
    [
      'beyond the end',
      [
        { start: 8, end: 12, text: 'a' },
        { start: 11, end: 12, text: 'dreamt' },
      ],
      ['8000-10000 a'],
    ],
    [
      'out of order',
      [
        { start: 5, end: 6, text: 'b' },
        { start: 1, end: 2, text: 'a' },
      ],
      ['1000-2000 a', '5000-6000 b'],
    ],
    ['none', [{ text: 'a' }, { start: 4, end: 5, text: 'b' }], ['0-4000 a', '4000-5000 b']],
    [
      'no numbers',
      [
        { start: null, end: 'NaN', text: 'a' },
        { start: '4', end: {}, text: 'b' },
      ],
      ['0-4000 a', '4000-10000 b'],
    ],
    ['backwards', [{ start: 5, end: 3, text: 'a' }], ['5000-10000 a']],
    ['huge', [{ start: 1, end: 1e300, text: 'a' }], ['1000-10000 a']],
    [
      'of nothing',
      [
        null,
        7,
        'x',
        { start: 1, end: 2 },
        { start: 1, end: 2, text: ' \u0000 ' },
        { start: 1, end: 2, text: 'a' },
      ],
      ['1000-2000 a'],
    ],
  ])('%s', (_what, segments, expected) => {
    expect(seconds(readReply({ text: 'a', segments }, 10_000))).toEqual(expected);
  });
});

describe('text', () => {
  test('without marks, lines and control characters', () => {
    const reply = { segments: [{ start: 0, end: 1, text: '<|0.00|> Un\n\tdeux\u0000 <|endoftext|>' }] };
    expect(readReply(reply, 1000)[0]?.text).toBe('Un deux');
  });

  test('alone', () => {
    expect(seconds(readReply({ text: ' Tout. ' }, 5000))).toEqual(['0-5000 Tout.']);
    expect(readReply({ text: '  ' }, 5000)).toEqual([]);
    expect(readReply({ text: '', segments: [], words: [] }, 5000)).toEqual([]);
    expect(readReply({ segments: [] }, 5000)).toEqual([]);
  });

  test('confidence from the mean log-probability', () => {
    const told = (extra: object) =>
      readReply({ segments: [{ start: 0, end: 1, text: 'a', ...extra }] }, 1000)[0]?.confidence;
    expect([
      told({ avg_logprob: -0.5 }),
      told({ avg_logprob: 3 }),
      told({ avg_logprob: Number.NaN }),
      told({}),
    ]).toEqual([0.607, 1, null, null]);
  });
});

describe('words', () => {
  const segments = [
    { start: 0, end: 2, text: ' Bonjour, à tous !' },
    { start: 2, end: 4, text: ' La séance.' },
  ];

  test('of the whole answer go to the sentences in which they lie, with their commas', () => {
    const list = [
      word('Bonjour', 0, 0.5),
      word('à', 0.5, 0.7),
      word('tous', 0.7, 2),
      word('La', 1.9, 2.3),
      word('séance', 2.3, 4),
    ];
    const read = readReply({ segments, words: list }, 4000);
    expect(read.map(words)).toEqual([
      ['0-500 Bonjour,', '500-700 à', '700-2000 tous'],
      ['2000-2300 La', '2300-4000 séance.'],
    ]);
  });

  test('of the sentence itself, in parts: those without a blank go on', () => {
    const own = [word(' Ker', 0.1, 0.3), word('lan', 0.3, 0.5), word('de.', 0.5, 0.8), word(' Oui', 1, 1.5)];
    const read = readReply({ segments: [{ start: 0, end: 2, text: 'Kerlande. Oui', words: own }] }, 2000);
    expect(read.map(words)).toEqual([['100-800 Kerlande.', '1000-1500 Oui']]);
  });

  test('without sentences are put together', () => {
    const list = [word('un', 0, 0.4), word('deux', 0.4, 0.9), word('trois', 3, 3.5)];
    expect(seconds(readReply({ text: 'un deux trois', words: list }, 4000))).toEqual([
      '0-900 Un deux',
      '3000-3500 Trois',
    ]);
  });

  test.each([
    ['of another text', [word('Goodbye', 0, 1), word('all', 1, 2)]],
    ['without times', [{ word: 'Bonjour' }, word('à', 'x', null)]],
    ['of another time', [word('Bonjour', 100, 101), word('à', 102, 103)]],
    ['that are none', [null, 3, { start: 0, end: 1 }, word('', 0, 1), word(' ', 0, 1)]],
  ])('%s are left out, and the sentence stays', (_what, list) => {
    const [first] = readReply({ segments: segments.slice(0, 1), words: list }, 4000);
    expect(first).toMatchObject({ text: 'Bonjour, à tous !', words: null });
  });

  test('out of order or outside are put right', () => {
    const list = [word('tous', 1.5, 2.6), word('Bonjour', -1, 0.5), word('à', 0.9, 0.7)];
    expect(words(readReply({ segments: segments.slice(0, 1), words: list }, 4000)[0])).toEqual([
      '0-500 Bonjour,',
      '900-900 à',
      '1500-2000 tous',
    ]);
  });
});

test('any reply gives segments that keep their promises, or a failure of ours', () => {
  const time = fc.oneof(
    fc.double({ min: -5, max: 20 }),
    fc.constantFrom(null, Number.NaN, Number.POSITIVE_INFINITY, '3', 'x', {}),
  );
  const text = fc.oneof(fc.constantFrom(' un', 'deux', ' ', '<|1.0|>', '\ud800', '\0'), fc.string());
  const toldWord = fc.record({ word: text, start: time, end: time, probability: time }, { requiredKeys: [] });
  const told = fc.record(
    { start: time, end: time, text, avg_logprob: time, words: fc.array(toldWord) },
    { requiredKeys: [] },
  );
  const reply = fc.oneof(
    fc.record({ text, segments: fc.array(told), words: fc.array(toldWord) }, { requiredKeys: [] }),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(reply, fc.integer({ min: 100, max: 15_000 }), (value, durationMs) => {
      let read: RecognisedSegment[];
      try {
        read = readReply(value, durationMs);
      } catch (error) {
        expect(error).toBeInstanceOf(EngineFailure);
        return;
      }
      promisesKept(read, 0, durationMs);
      for (const segment of read) {
        expect(segment.text).toMatch(/^[^\p{Cc}]+$/u);
        if (segment.words) promisesKept(segment.words, segment.startMs, segment.endMs);
      }
    }),
    { numRuns: 2000 },
  );
});

function promisesKept(
  list: readonly { startMs: number; endMs: number; text: string; confidence: number | null }[],
  fromMs: number,
  toMs: number,
): void {
  expect(list.length === 0 || list.every(({ text }) => text.trim() !== '')).toBe(true);
  let previousMs = fromMs;
  for (const { startMs, endMs, confidence } of list) {
    expect(Number.isInteger(startMs) && Number.isInteger(endMs)).toBe(true);
    expect(startMs).toBeGreaterThanOrEqual(previousMs);
    expect(endMs).toBeGreaterThanOrEqual(startMs);
    expect(endMs).toBeLessThanOrEqual(toMs);
    if (confidence !== null) expect(confidence >= 0 && confidence <= 1).toBe(true);
    previousMs = startMs;
  }
}
