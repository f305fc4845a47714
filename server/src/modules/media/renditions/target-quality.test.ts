import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTargetQuality, type TargetQuality } from './target-quality.ts';

describe('a target quality', () => {
  test.each<[TargetQuality, object]>([
    ['high', { quality: '320k' }],
    ['Mobile', { quality: '96k' }],
    [' LOW ', { quality: '128k' }],
    ['lossless', { format: 'flac' }],
    ['flac', { format: 'flac' }],
    ['m4a', { format: 'aac' }],
    ['128k', { quality: '128k' }],
    ['128', { quality: '128k' }],
    ['128 kbps', { quality: '128k' }],
    ['128000', { quality: '128k' }],
    ['aac:96k', { format: 'aac', quality: '96k' }],
    ['opus-64', { format: 'opus', quality: '64k' }],
    [192, { quality: '192k' }],
    [192_000, { quality: '192k' }],
    [
      { format: 'mp3', bitrate: 192 },
      { format: 'mp3', quality: '192k' },
    ],
    [
      { codec: 'AAC', bitrate_kbps: 96, quality: null },
      { format: 'aac', quality: '96k' },
    ],
    [{ quality: 'low' }, { quality: '128k' }],
  ])('%j is %j', (target, expected) => {
    expect(readTargetQuality(target)).toEqual(expected);
  });

  test.each<TargetQuality>([
    '',
    'best',
    'constructor',
    'mp3:',
    'vorbis:96k',
    '12,5',
    0,
    -1,
    1.5,
    Number.NaN,
    {},
    { quality: null },
    { format: 'vorbis' },
    { format: 3 },
    { bitrate: {} },
    { sample_rate: 8000 },
    { quality: 'best' },
  ])('%j is refused with what can be had', (target) => {
    expect(readTargetQuality(target)).toEqual({ fault: expect.stringContaining('128k') });
  });

  test('whatever comes, an answer', () => {
    const any = fc.oneof(fc.string(), fc.double(), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(fc.property(any, (target) => typeof readTargetQuality(target) === 'object'));
  });
});
