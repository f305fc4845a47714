import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SegmentCutter } from '../../../kernel/media/segment-index.ts';
import { makeMaster, makePlaylist } from './hls-playlist.ts';
import { cutName, HLS_QUALITIES, parseSegmentName, renditionFor, segmentName } from './hls-quality.ts';
import type { CutSound } from './hls-sound.ts';

const CUT = cutName('a'.repeat(64));

/** Sound of so many equal frames, as its index would be. */
const soundOf = (packaging: 'fmp4' | 'mp3', rate: number, frames: number, priming: number): CutSound => {
  const cutter = new SegmentCutter(rate, packaging === 'fmp4' ? priming : 0, 0);
  for (let i = 0; i < frames; i++) cutter.add(400 + (i % 7), 1024);
  const tables = cutter.finish();
  const common = { timescale: rate, primingUnits: priming, ...tables };
  const index: CutSound['index'] =
    packaging === 'mp3'
      ? { packaging, codecs: 'mp4a.40.34', ...common }
      : {
          packaging,
          codecs: 'mp4a.40.2',
          ...common,
          sampleDescription: Buffer.alloc(0),
          durations: [],
          sizesAt: null,
          frameBytes: 0,
        };
  const segmentBytes = (i: number) => 100 + (tables.byteOffset[i + 1] ?? 0) - (tables.byteOffset[i] ?? 0);
  return { index, cut: CUT, segmentBytes };
};

/** A reader of playlists of its own, by the letter of RFC 8216: throws at what a player might refuse. */
function parsePlaylist(text: string) {
  const lines = text.split('\n');
  expect(lines[0]).toBe('#EXTM3U');
  expect(lines.at(-2)).toBe('#EXT-X-ENDLIST');
  expect(lines.at(-1)).toBe('');
  const one = (name: string) => {
    const found = lines.filter((line) => line.startsWith(`#${name}:`));
    expect(found).toHaveLength(1);
    return found[0]?.slice(name.length + 2) ?? '';
  };
  const segments: { microseconds: bigint; uri: string }[] = [];
  for (const [at, line] of lines.entries()) {
    const match = /^#EXTINF:(\d+)\.(\d{6}),$/.exec(line);
    if (match) segments.push({ microseconds: BigInt(`${match[1]}${match[2]}`), uri: lines[at + 1] ?? '' });
  }
  const map = lines.find((line) => line.startsWith('#EXT-X-MAP:'));
  return { target: Number(one('EXT-X-TARGETDURATION')), type: one('EXT-X-PLAYLIST-TYPE'), map, segments };
}

const anySound = fc
  .tuple(
    fc.constantFrom('fmp4', 'mp3'),
    fc.constantFrom(32_000, 44_100, 48_000),
    fc.integer({ min: 2, max: 20_000 }),
    fc.constantFrom(0, 1024),
  )
  .map(([packaging, rate, frames, priming]) => soundOf(packaging as 'fmp4' | 'mp3', rate, frames, priming));

describe('a playlist', () => {
  test('adds up to the sound, to the microsecond, and no segment is longer than it says', () => {
    fc.assert(
      fc.property(anySound, fc.constantFrom('', '?expires=1&sig=2'), (sound, query) => {
        const { target, type, map, segments } = parsePlaylist(makePlaylist(sound, query));
        const { index } = sound;
        const hidden = index.packaging === 'fmp4' ? index.primingUnits : 0;
        const heard = ((index.startUnits.at(-1) ?? 0) - hidden) / index.timescale;
        const sum = segments.reduce((total, { microseconds }) => total + microseconds, 0n);
        expect(sum).toBe(BigInt(Math.round(heard * 1e6)));
        expect(type).toBe('VOD');
        expect(map !== undefined).toBe(index.packaging === 'fmp4');
        for (const { microseconds } of segments) {
          expect(Math.round(Number(microseconds) / 1e6)).toBeLessThanOrEqual(target);
          expect(microseconds > 0n).toBe(true);
        }
        expect(new Set(segments.map(({ uri }) => uri)).size).toBe(segments.length);
        for (const [i, { uri }] of segments.entries()) {
          expect(uri.endsWith(query)).toBe(true);
          const name = parseSegmentName(uri.split('?')[0] ?? '');
          expect(name).toMatchObject({ cut: CUT, segment: i });
        }
      }),
      { numRuns: 60 },
    );
  });

  test('of a master says the rates that its segments have', () => {
    fc.assert(
      fc.property(anySound, (sound) => {
        const text = makeMaster([{ quality: 'low', sound }], '?a=b');
        const match =
          /\n#EXT-X-STREAM-INF:BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+),CODECS="(mp4a\.40\.\d+)"\nlow\/playlist\.m3u8\?a=b\n/.exec(
            text,
          );
        const [, peak = 0, average = 0, codecs] = match ?? [];
        expect(codecs).toBe(sound.index.codecs);
        expect(Number(peak)).toBeGreaterThanOrEqual(Number(average));
        const { segments } = parsePlaylist(makePlaylist(sound, ''));
        const bytes = segments.reduce((sum, _, i) => sum + sound.segmentBytes(i), 0);
        const seconds = Number(segments.reduce((sum, { microseconds }) => sum + microseconds, 0n)) / 1e6;
        expect(Math.abs(Number(average) - (bytes * 8) / seconds)).toBeLessThan(0.01 * Number(average) + 1);
        for (const [i, { microseconds }] of segments.entries()) {
          if (microseconds < 3_000_000n && segments.length > 1) continue;
          const rate = (sound.segmentBytes(i) * 8e6) / Number(microseconds);
          expect(Number(peak)).toBeGreaterThanOrEqual(rate * 0.999);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('of twelve hours is made in no time', () => {
    const sound = soundOf('fmp4', 48_000, 12 * 3600 * 47, 1024);
    const startedAt = performance.now();
    const { segments } = parsePlaylist(makePlaylist(sound, ''));
    expect(segments.length).toBeGreaterThan(7_000);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('a segment’s name', () => {
  test('is read back as it was written', () => {
    const names = fc.record({
      cut: fc.constant(CUT),
      segment: fc.nat({ max: 9_999_999 }),
      extension: fc.constantFrom('m4s' as const, 'mp3' as const),
    });
    fc.assert(
      fc.property(names, (name) => {
        expect(parseSegmentName(segmentName(name))).toEqual({ ...name });
      }),
    );
  });

  test.each([
    '',
    '0.m4s',
    `${CUT}-`,
    `${CUT}-.m4s`,
    `${CUT}--1.m4s`,
    `${CUT}-01.m4s`,
    `${CUT}-1e3.m4s`,
    `${CUT}-1.5.m4s`,
    `${CUT}-99999999.m4s`,
    `${CUT}-1.ts`,
    `${CUT}-init.m4s`,
    `${CUT}-1.mp4`,
    `${CUT.toUpperCase()}-1.m4s`,
    `../${CUT}-1.m4s`,
    `${CUT}-1.m4s\0`,
    `${CUT}-１.m4s`,
    `${CUT}-1.m4s\n`,
  ])('%j is none', (name) => {
    expect(parseSegmentName(name)).toBeNull();
  });
});

describe('a quality', () => {
  const of = (...names: string[]) =>
    names.map((name) => {
      const [format = '', quality = ''] = name.split(' ');
      return { format: format as 'mp3', quality };
    });
  test.each([
    [of('mp3 192k', 'aac 128k'), { medium: 'mp3 192k', low: 'aac 128k' }],
    [of('mp3 192k', 'aac 192k', 'aac 320k'), { high: 'aac 320k', medium: 'aac 192k' }],
    [of('mp3 160k', 'aac 256k', 'mp3 64k'), { high: 'aac 256k', medium: 'mp3 160k', mobile: 'mp3 64k' }],
    [of('mp3 96k', 'aac 64k'), { mobile: 'mp3 96k' }],
    [of('opus 96k', 'wav lossless', 'flac lossless'), {}],
    [of(), {}],
  ])('is the best that is there in its span: %j', (renditions, expected) => {
    const chosen = HLS_QUALITIES.flatMap((quality) => {
      const file = renditionFor(renditions, quality);
      return file ? [[quality, `${file.format} ${file.quality}`]] : [];
    });
    expect(Object.fromEntries(chosen)).toEqual(expected);
  });
});
