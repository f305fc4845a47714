import { describe, expect, test } from 'vitest';
import { quoteOf } from './copy-sentence.ts';
import { cutText } from './cut-text.ts';
import { findAll, findIn, readFindQuery, stemOf } from './find-words.ts';
import {
  nearestSegment,
  placeWords,
  type Segment,
  secondOfCharacter,
  segmentAt,
  wordAt,
} from './transcript.ts';
import { blockOf, blocksOf, paragraphsOf } from './transcript-layout.ts';
import { hasEngineFor, languagesToChoose, secondsLeft } from './transcription.ts';
import { nextFound } from './use-find.ts';

const segment = (start: number, end: number, text: string, more: Partial<Segment> = {}): Segment => ({
  start,
  end,
  text,
  speaker: null,
  words: null,
  ...more,
});

describe('where the sound is', () => {
  const segments = [segment(1, 3, 'a'), segment(3.2, 5, 'b'), segment(60, 62, 'c')];

  test.each([
    [0, -1],
    [0.9, 0],
    [2.9, 0],
    [3.08, 0],
    [3.2, 1],
    [6, 1],
    [30, -1],
    [61, 2],
    [600, -1],
  ])('at %s s, segment %s', (seconds, index) => expect(segmentAt(segments, seconds)).toBe(index));

  test('a place where nobody speaks has its nearest sentence', () => {
    expect(nearestSegment(segments, 0)).toBe(0);
    expect(nearestSegment(segments, 20)).toBe(1);
    expect(nearestSegment(segments, 50)).toBe(2);
    expect(nearestSegment(segments, 900)).toBe(2);
    expect(nearestSegment([], 1)).toBe(-1);
  });

  test('words are found in their text, in order, whatever stands between them', () => {
    const words = [
      { start: 1, end: 1.2, text: 'L’eau' },
      { start: 1.3, end: 1.5, text: ' est ' },
      { start: 1.6, end: 1.8, text: 'absente' },
      { start: 1.9, end: 2.2, text: 'eau' },
    ];
    const placed = placeWords({ text: 'L’eau, est… l’eau !', words });
    expect(placed.map(({ from, to }) => [from, to])).toEqual([
      [0, 5],
      [7, 10],
      [14, 17],
    ]);
    expect(wordAt(placed, 1.4)).toBe(1);
    expect(wordAt(placed, 1.75)).toBe(-1);
    const whole = segment(1, 3, 'L’eau, est… l’eau !', { words });
    expect(secondOfCharacter(whole, 8)).toBe(1.3);
    expect(secondOfCharacter(whole, 15)).toBe(1.9);
    expect(secondOfCharacter(whole, null)).toBe(1);
    expect(secondOfCharacter({ ...whole, words: null }, 8)).toBe(1);
  });
});

describe('how it is set', () => {
  test('a turn of speech, a long pause and a full paragraph begin another', () => {
    const said = 'x'.repeat(250);
    const segments = [
      segment(0, 1, 'a', { speaker: 'Anne' }),
      segment(1, 2, 'b', { speaker: 'Anne' }),
      segment(5, 6, 'c', { speaker: 'Anne' }),
      segment(6, 7, said, { speaker: 'Luc' }),
      segment(7, 8, said, { speaker: 'Luc' }),
      segment(8, 9, said, { speaker: 'Luc' }),
      segment(9, 10, said, { speaker: 'Luc' }),
    ];
    expect(paragraphsOf(segments).map(({ first, last, speaker }) => [first, last, speaker])).toEqual([
      [0, 1, 'Anne'],
      [2, 2, null],
      [3, 5, 'Luc'],
      [6, 6, null],
    ]);
  });

  test('ten hours are a few hundred blocks that hold every segment once', () => {
    const segments = Array.from({ length: 12_000 }, (_, index) =>
      segment(index * 3, index * 3 + 2.9, 'Une phrase.'),
    );
    const blocks = blocksOf(segments);
    expect(blocks.length).toBeLessThan(300);
    expect(blocks[0]?.first).toBe(0);
    expect(blocks.at(-1)?.last).toBe(11_999);
    for (const [index, block] of blocks.entries()) {
      expect(block.first).toBe((blocks[index - 1]?.last ?? -1) + 1);
      expect(block.lines).toBeGreaterThan(0);
    }
    expect(blocks[blockOf(blocks, 6000)]?.first).toBeLessThanOrEqual(6000);
    expect(blockOf(blocks, 12_000)).toBe(-1);
  });
});

describe('what is looked for', () => {
  const marked = (text: string, query: string) =>
    findIn(text, readFindQuery(query)).map(({ from, to }) => text.slice(from, to));

  test.each([
    ['La qualité de l’eau dans les écoles.', 'ecole', ['écoles']],
    ['La qualité de l’eau dans les écoles.', 'QUALITE', ['qualité']],
    ['Deux eaux, un cœur.', 'eau coeur', ['eaux', 'cœur']],
    ['Le budget et les budgets votés.', 'budgets', ['budget', 'budgets']],
    ['Portugal, port, ports', 'port', ['port', 'ports']],
    ['La séance est ouverte', 'la séance', ['séance']],
    ['La séance est ouverte', 'la', ['La']],
    ['la qualité de l’eau ; de l’eau de qualité', '"qualité de l’eau"', ['qualité de l’eau']],
    ['la qualité de l’eau ; de l’eau de qualité', '« qualité de l’eau »', ['qualité de l’eau']],
    ['budgétaire, budgets', 'budg*', ['budgétaire', 'budgets']],
    ['oui au maire, non au préfet', 'maire ou oui -préfet', ['oui', 'maire']],
    ['rien', '', []],
    ['e\u0301cole', 'école', ['e\u0301cole']],
  ])('%s ← %s', (text, query, found) => expect(marked(text, query)).toEqual(found));

  test('short words keep all their letters', () => {
    expect(['eau', 'eaux', 'vote', 'votes', 'lys'].map(stemOf)).toEqual(['eau', 'eau', 'vote', 'vot', 'lys']);
  });

  test('finds are counted in the order of reading', () => {
    const { found, ranges } = findAll(
      [{ text: 'eau et eau' }, { text: 'rien' }, { text: 'l’eau' }],
      readFindQuery('eau'),
    );
    expect(found).toEqual([
      { segment: 0, range: 0 },
      { segment: 0, range: 1 },
      { segment: 2, range: 0 },
    ]);
    expect([...ranges.keys()]).toEqual([0, 2]);
  });

  test('a text is cut at marks and at the spoken word, and loses nothing', () => {
    const pieces = cutText('un mot dit', [{ from: 3, to: 6 }], { from: 3, to: 4 });
    expect(pieces.map(({ text, mark, isSpoken }) => [text, mark, isSpoken])).toEqual([
      ['un ', null, false],
      ['m', 0, true],
      ['ot', 0, false],
      [' dit', null, false],
    ]);
    expect(cutText('', [], null)).toEqual([]);
  });
});

describe('finding one after the other', () => {
  const found = [2, 2, 9].map((segment, range) => ({ segment, range }));

  test('begins where the reader is, then goes round', () => {
    expect(nextFound(found, -1, 1, 0)).toBe(0);
    expect(nextFound(found, -1, 1, 3)).toBe(2);
    expect(nextFound(found, -1, 1, 20)).toBe(0);
    expect(nextFound(found, -1, -1, 9)).toBe(1);
    expect(nextFound(found, -1, -1, 0)).toBe(2);
    expect(nextFound(found, 2, 1, 0)).toBe(0);
    expect(nextFound(found, 0, -1, 0)).toBe(2);
    expect(nextFound([], -1, 1, 0)).toBe(-1);
  });
});

test('a sentence is quoted with who, what, when and where', () => {
  const track = {
    kind: 'debat',
    id: 'd1',
    title: 'L’eau',
    note: '',
    recordingId: null,
    durationSeconds: 9,
  } as const;
  const said = segment(62.4, 65, 'Que faites-vous ?', { speaker: 'Anne' });
  expect(quoteOf(said, track, 'http://x', true)).toBe(
    '«\u202fQue faites-vous ?\u202f»\nAnne, L’eau, 1:02\nhttp://x/archive/d1?t=1:02.4',
  );
  expect(quoteOf({ ...said, speaker: null }, track, 'http://x', false)).toBe(
    '“Que faites-vous ?”\nL’eau, 1:02\nhttp://x/archive/d1?t=1:02.4',
  );
});

describe('work under way', () => {
  const began = '2026-11-21T10:00:00Z';
  const now = Date.parse(began) + 60_000;
  const work = { status: 'processing', progress: 25, processing_start_time: began } as const;

  test('the time still to go is told once it is more than a guess', () => {
    expect(secondsLeft(work, now)).toBe(180);
    expect(secondsLeft({ ...work, progress: 1 }, now)).toBeNull();
    expect(secondsLeft({ ...work, status: 'queued' }, now)).toBeNull();
    expect(secondsLeft({ ...work, processing_start_time: null }, now)).toBeNull();
  });

  test('engines have languages by the first part of their tags', () => {
    const engine = { name: 'pocketsphinx', languages: ['en'], available: true, reason: null };
    const engines = { engines: [engine], auto: true, default_language: 'fr' };
    expect(hasEngineFor(engines, 'en-GB')).toBe(true);
    expect(hasEngineFor(engines, 'fr')).toBe(false);
    expect(hasEngineFor({ ...engines, engines: [{ ...engine, available: false }] }, 'en')).toBe(false);
    expect(hasEngineFor({ ...engines, engines: [{ ...engine, languages: 'any' }] }, 'br')).toBe(true);
    expect(languagesToChoose(engines, 'mi-NZ')[0]).toBe('mi');
  });
});
