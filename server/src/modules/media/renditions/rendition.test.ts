import { describe, expect, test } from 'vitest';
import { progressAt } from '../recording.ts';
import {
  chooseRendition,
  type LoudnessTarget,
  planRenditions,
  readAskedLoudness,
  renditionFilename,
  settleWish,
} from './rendition.ts';

const MP3 = { format: 'mp3', quality: '192k' } as const;

describe('settleWish', () => {
  test.each([
    [{}, MP3, MP3],
    [{ quality: '96k' }, MP3, { format: 'mp3', quality: '96k' }],
    [{ format: 'wav' }, MP3, { format: 'wav', quality: 'lossless' }],
    [{ format: 'opus' }, { format: 'flac', quality: 'lossless' }, { format: 'opus', quality: '192k' }],
    [{ quality: '48k' }, { format: 'mp3', quality: '48k' }, { format: 'mp3', quality: '48k' }],
  ] as const)('%j with the defaults %j is %j', (asked, defaults, expected) => {
    expect(settleWish(asked, defaults)).toEqual(expected);
  });

  test.each([
    { quality: '191k' },
    { quality: '' },
    { quality: 'lossless' },
    { format: 'flac', quality: '192k' },
  ] as const)('%j cannot be had', (asked) => {
    expect(settleWish(asked, MP3)).toBeNull();
  });
});

describe('what is made ahead', () => {
  const USUAL = [
    { format: 'mp3', quality: null },
    { format: 'aac', quality: '128k' },
  ] as const;
  const AAC = { format: 'aac', quality: '128k' } as const;

  test.each([
    [MP3, MP3, [MP3, AAC]],
    [{ format: 'mp3', quality: '96k' }, MP3, [{ format: 'mp3', quality: '96k' }, AAC]],
    [AAC, MP3, [AAC, MP3]],
    [{ format: 'aac', quality: '96k' }, MP3, [{ format: 'aac', quality: '96k' }, MP3, AAC]],
    [{ format: 'flac', quality: 'lossless' }, { format: 'mp3', quality: '256k' }, 3],
  ] as const)('beside %j where %j is usual: %j', (wish, usual, expected) => {
    const plan = planRenditions(wish, USUAL, usual);
    if (typeof expected === 'number') expect(plan).toHaveLength(expected);
    else expect(plan).toEqual(expected);
  });

  test('is what the setting says, none twice', () => {
    const ahead = [
      { format: 'mp3', quality: '192k' },
      { format: 'mp3', quality: '64k' },
      { format: 'flac', quality: null },
      { format: 'flac', quality: null },
    ] as const;
    expect(planRenditions(MP3, ahead, MP3)).toEqual([
      MP3,
      { format: 'mp3', quality: '64k' },
      { format: 'flac', quality: 'lossless' },
    ]);
    expect(planRenditions(MP3, [], MP3)).toEqual([MP3]);
  });
});

describe('chooseRendition', () => {
  const all = [
    { format: 'aac', quality: '128k' },
    { format: 'mp3', quality: '96k' },
    { format: 'mp3', quality: '320k' },
    MP3,
  ] as const;

  test('the wish comes first when nothing, or its format, is asked for', () => {
    expect(chooseRendition(all, {}, MP3)).toBe(MP3);
    expect(chooseRendition(all, { format: 'mp3' }, MP3)).toBe(MP3);
  });

  test('otherwise the best of what fits', () => {
    expect(chooseRendition(all, { format: 'aac' }, MP3)).toBe(all[0]);
    expect(chooseRendition(all, { format: 'mp3' }, { format: 'aac', quality: '64k' })).toBe(all[2]);
    expect(chooseRendition(all, { quality: '96k' }, MP3)).toBe(all[1]);
  });

  test('a loudness only when it is asked for', () => {
    const at = (normalised: LoudnessTarget | null) => ({ ...MP3, normalised });
    const some = [at(-23), at(null), at(-16)];
    expect(chooseRendition(some, {}, MP3)).toBe(some[1]);
    expect(chooseRendition(some, { normalise: null }, MP3)).toBe(some[1]);
    expect(chooseRendition(some, { normalise: -23 }, MP3)).toBe(some[0]);
    expect(chooseRendition(some, { normalise: 'any' }, MP3)).toBe(some[2]);
    expect(chooseRendition(some, { normalise: -19 }, MP3)).toBeNull();
    expect(chooseRendition([at(null)], { normalise: 'any' }, MP3)).toBeNull();
  });

  test('never something else than what was asked for', () => {
    expect(chooseRendition(all, { format: 'opus' }, MP3)).toBeNull();
    expect(chooseRendition(all, { format: 'mp3', quality: '128k' }, MP3)).toBeNull();
    expect(chooseRendition([], {}, MP3)).toBeNull();
  });
});

test('progress never reaches 100 before the end, nor leaves 0…100 on nonsense', () => {
  expect(progressAt('upload', 'encode', 1)).toBe(99);
  expect(progressAt('import', 'fetch', 0.5)).toBe(20);
  for (const nonsense of [Number.NaN, -3, 7, Number.POSITIVE_INFINITY]) {
    expect(progressAt('import', 'encode', nonsense)).toBeGreaterThanOrEqual(0);
    expect(progressAt('import', 'encode', nonsense)).toBeLessThan(100);
  }
});

test.each([
  [undefined, null],
  ['false', null],
  ['true', 'any'],
  ['1', 'any'],
  ['-16', -16],
  ['-23', -23],
  ['16', undefined],
  ['-16.0', undefined],
])('a loudness asked for as %s is %s', (text, expected) => {
  expect(readAskedLoudness(text)).toBe(expected);
});

test('files of different loudness have different names', () => {
  expect(renditionFilename('id', MP3)).toBe('id-192k.mp3');
  expect(renditionFilename('id', { ...MP3, normalised: -16 })).toBe('id-192k-16lufs.mp3');
});
