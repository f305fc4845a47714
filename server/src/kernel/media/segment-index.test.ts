import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fragmentHeadBytes, makeFragmentHead, makeInitSegment } from './fmp4.ts';
import { indexM4a, type M4aIndex } from './m4a-index.ts';
import { indexMp3 } from './mp3-index.ts';
import { makeTimeTag } from './packed-audio.ts';
import { heardAtSeconds, SegmentCutter, type SegmentIndex, segmentCount } from './segment-index.ts';
import { MediaError } from './tools.ts';

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'segments-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Encoded as kernel/media does it; noise, so that no two frames are alike. */
async function encoded(name: string, rate: number, seconds: number, options: string[]): Promise<string> {
  const file = path.join(folder, name);
  const source = [
    '-f',
    'lavfi',
    '-i',
    `anoisesrc=sample_rate=${rate}:duration=${seconds}:seed=7:amplitude=0.2`,
  ];
  await run('ffmpeg', [
    '-nostdin',
    '-v',
    'error',
    '-y',
    ...source,
    '-fflags',
    '+bitexact',
    '-flags:a',
    '+bitexact',
    ...options,
    file,
  ]);
  return file;
}
const M4A = ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '128k', '-movflags', '+faststart', '-f', 'ipod'];
const MP3 = [
  '-c:a',
  'libmp3lame',
  '-b:a',
  '192k',
  '-write_xing',
  '1',
  '-id3v2_version',
  '3',
  '-metadata',
  'title=x',
  '-f',
  'mp3',
];
/** Every decoded sample, those of the encoder's delay too; `asetpts` since only the bytes matter here. */
async function samplesOf(file: string, ...before: string[]): Promise<Buffer> {
  const args = [
    '-nostdin',
    '-v',
    'error',
    ...before,
    '-i',
    file,
    '-af',
    'asetpts=N/SR/TB',
    '-f',
    's16le',
    '-',
  ];
  const { stdout, stderr } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 2 ** 28 });
  expect(stderr.toString()).toBe('');
  return stdout;
}

/** All segments in a row, as a player's decoder gets them. */
async function joined(
  file: string,
  index: M4aIndex | (SegmentIndex & { packaging: 'mp3' }),
): Promise<Buffer> {
  const bytes = await readFile(file);
  const parts: Buffer[] = index.packaging === 'fmp4' ? [makeInitSegment(index)] : [];
  for (let i = 0; i < segmentCount(index); i++) {
    const head =
      index.packaging === 'fmp4' ? await makeFragmentHead(file, index, i, 441_000) : makeTimeTag(10 + i * 6);
    if (index.packaging === 'fmp4') expect(head.length).toBe(fragmentHeadBytes(index, i));
    parts.push(head, bytes.subarray(index.byteOffset[i], index.byteOffset[i + 1]));
  }
  return Buffer.concat(parts);
}

describe('fragments of an M4A', () => {
  test.each([
    [44_100, 20],
    [48_000, 12],
    [32_000, 61.37],
    [44_100, 0.3],
  ])('of %i Hz and %d s decode to every sample of it, and last as long', async (rate, seconds) => {
    const file = await encoded(`${rate}-${seconds}.m4a`, rate, seconds, M4A);
    const index = await indexM4a(file);
    expect(index).toMatchObject({ codecs: 'mp4a.40.2', timescale: rate, primingUnits: 1024 });
    expect(heardAtSeconds(index, segmentCount(index))).toBe(Math.round(seconds * rate) / rate);
    const all = path.join(folder, 'joined.mp4');
    await writeFile(all, await joined(file, index));
    // An MP4 of fragments is decoded with its delay; the file itself is told to be.
    const [mine, theirs] = [await samplesOf(all), await samplesOf(file, '-ignore_editlist', '1')];
    expect(mine.length).toBe(theirs.length);
    expect(mine.equals(theirs)).toBe(true);
  });

  test('whose samples lie in many chunks are found in all of them', async () => {
    const file = await encoded('long.m4a', 48_000, 400, M4A);
    const index = await indexM4a(file);
    expect(segmentCount(index)).toBe(67);
    const all = path.join(folder, 'joined.mp4');
    await writeFile(all, await joined(file, index));
    expect((await samplesOf(all)).equals(await samplesOf(file, '-ignore_editlist', '1'))).toBe(true);
  });
});

describe('packed segments of an MP3', () => {
  test.each([
    [44_100, 20],
    [48_000, 12.5],
    [32_000, 31],
  ])('of %i Hz and %d s decode to every sample of it', async (rate, seconds) => {
    const file = await encoded(`${rate}.mp3`, rate, seconds, MP3);
    const index = await indexMp3(file);
    expect(index).toMatchObject({ codecs: 'mp4a.40.34', timescale: rate, primingUnits: 1105 });
    const all = path.join(folder, 'joined.mp3');
    // Tags in the middle are a matter of HLS clients: left out here.
    const bytes = await readFile(file);
    await writeFile(all, bytes.subarray(index.byteOffset[0], index.byteOffset.at(-1)));
    const [mine, theirs] = [
      await samplesOf(all, '-flags2', 'skip_manual'),
      await samplesOf(file, '-flags2', 'skip_manual'),
    ];
    expect(mine.equals(theirs)).toBe(true);
    expect(heardAtSeconds(index, segmentCount(index))).toBe(mine.length / 2 / rate);
  });

  test('follow frames of changing length, and leave tags at the end alone', async () => {
    const vbr = await encoded('vbr.mp3', 44_100, 20, [
      '-c:a',
      'libmp3lame',
      '-q:a',
      '4',
      '-write_id3v1',
      '1',
      '-metadata',
      'title=y',
      '-f',
      'mp3',
    ]);
    const index = await indexMp3(vbr);
    const bytes = await readFile(vbr);
    expect(bytes.toString('latin1', index.byteOffset.at(-1), (index.byteOffset.at(-1) ?? 0) + 3)).toBe('TAG');
    expect(Math.abs(heardAtSeconds(index, segmentCount(index)) - 20)).toBeLessThan(0.06);
  });
});

describe('damaged files', () => {
  test('are refused, never followed out of the file or for ever', async () => {
    const files = [
      { make: indexM4a, bytes: await readFile(await encoded('whole.m4a', 44_100, 3, M4A)) },
      { make: indexMp3, bytes: await readFile(await encoded('whole.mp3', 44_100, 3, MP3)) },
    ];
    const target = path.join(folder, 'damaged');
    for (const { make, bytes } of files) {
      const one = fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 5_000 }), fc.nat({ max: 255 })), { maxLength: 4 }),
        fc.option(fc.nat({ max: bytes.length })),
        async (changes, cutAt) => {
          const copy = Buffer.from(bytes.subarray(0, cutAt ?? bytes.length));
          for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
          await writeFile(target, copy);
          const answer = await make(target).catch((error: unknown) => error);
          if (answer instanceof Error) expect(answer).toBeInstanceOf(MediaError);
          else expect((answer as SegmentIndex).byteOffset.at(-1)).toBeLessThanOrEqual(copy.length);
        },
      );
      await fc.assert(one, { numRuns: 150 });
    }
  });
});

describe('cutting', () => {
  test('loses no frame, never drifts, and leaves no short tail', () => {
    const frames = fc.array(fc.tuple(fc.integer({ min: 1, max: 2_000 }), fc.constantFrom(576, 1024, 1152)), {
      minLength: 1,
      maxLength: 4_000,
    });
    fc.assert(
      fc.property(
        frames,
        fc.constantFrom(8_000, 44_100, 48_000),
        fc.nat({ max: 2_000 }),
        (all, rate, hidden) => {
          const cutter = new SegmentCutter(rate, hidden, 100);
          for (const [size, units] of all) cutter.add(size, units);
          const { startUnits, firstFrame, byteOffset } = cutter.finish();
          const count = startUnits.length - 1;
          expect([firstFrame[0], byteOffset[0], startUnits[0]]).toEqual([0, 100, 0]);
          expect(firstFrame.at(-1)).toBe(all.length);
          expect(byteOffset.at(-1)).toBe(100 + all.reduce((sum, [size]) => sum + size, 0));
          expect(startUnits.at(-1)).toBe(all.reduce((sum, [, units]) => sum + units, 0));
          for (let i = 1; i < count; i++) {
            const late = (startUnits[i] ?? 0) - hidden - 6 * i * rate;
            expect(late).toBeGreaterThanOrEqual(0);
            expect(late).toBeLessThan(1152);
          }
          if (count > 1)
            expect((startUnits[count] ?? 0) - (startUnits[count - 1] ?? 0)).toBeGreaterThanOrEqual(rate / 2);
        },
      ),
      { numRuns: 50 },
    );
  });
});
