import { describe, expect, test } from 'vitest';
import { progressAt } from './recording.ts';
import { chooseRendition, planRenditions, settleWish } from './rendition.ts';

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

test('every recording gets its wish, MP3 and AAC, none twice', () => {
  expect(planRenditions(MP3, '192k')).toEqual([MP3, { format: 'aac', quality: '128k' }]);
  expect(planRenditions({ format: 'aac', quality: '96k' }, '192k')).toEqual([
    { format: 'aac', quality: '96k' },
    MP3,
  ]);
  expect(planRenditions({ format: 'flac', quality: 'lossless' }, '192k')).toHaveLength(3);
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
