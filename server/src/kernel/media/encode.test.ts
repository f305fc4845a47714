import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readAudioFrame } from './mpeg-audio-frame.ts';
import { bothTools, testFolder, toneWav, wavHeader } from './sound.test-kit.ts';
import type { EncodeOutput, MediaInfo } from './tools.ts';

const folder = await testFolder('encode');
const tools = await bothTools(folder);
const inputPath = join(folder, 'source.wav');
await writeFile(inputPath, toneWav({ seconds: 3 }));

const out = join(folder, 'out');
beforeEach(async () => {
  await rm(out, { recursive: true, force: true });
  await mkdir(out);
});

const mp3 = (options: Partial<EncodeOutput> = {}): EncodeOutput => ({
  path: join(out, 'a'),
  format: 'mp3',
  bitrateKbps: 192,
  ...options,
});

describe.each(tools)('%s', (_name, media) => {
  test('several outputs from one run, each of its own shape', async () => {
    const source = await media.probe(inputPath);
    const outputs: EncodeOutput[] = [
      mp3(),
      mp3({ path: join(out, 'b'), bitrateKbps: 64, channels: 1 }),
      { path: join(out, 'c'), format: 'aac', bitrateKbps: 96, sampleRate: 32_000 },
      { path: join(out, 'd'), format: 'opus', bitrateKbps: 48, channels: 1 },
      { path: join(out, 'e'), format: 'flac', bitrateKbps: 0 },
      { path: join(out, 'f'), format: 'wav', bitrateKbps: 0, sampleRate: 16_000 },
    ];
    const made = await media.encode({ inputPath, source, outputs });
    expect(made.map(({ mimeType }) => mimeType)).toEqual([
      'audio/mpeg',
      'audio/mpeg',
      'audio/mp4',
      'audio/ogg',
      'audio/flac',
      'audio/wav',
    ]);
    const infos = await Promise.all(outputs.map(({ path }) => media.probe(path)));
    expect(infos.map((info) => [info.codec, info.channels, info.sampleRate])).toEqual([
      ['mp3', 2, 44_100],
      ['mp3', 1, 44_100],
      ['aac', 2, 32_000],
      ['opus', 1, 48_000],
      ['flac', 2, 44_100],
      ['pcm_s16le', 2, 16_000],
    ]);
    for (const [index, { durationMs, sizeBytes }] of made.entries()) {
      expect(Math.abs(durationMs - 3000)).toBeLessThan(60);
      expect(sizeBytes).toBe((await readFile(outputs[index]?.path ?? '')).length);
    }
  });

  test('MP3 has a constant rate and a header that makes seeking exact; M4A has its index first', async () => {
    const source = await media.probe(inputPath);
    await media.encode({
      inputPath,
      source,
      outputs: [mp3(), { path: join(out, 'm'), format: 'aac', bitrateKbps: 128 }],
    });
    const bytes = await readFile(join(out, 'a'));
    const start = bytes.indexOf(Buffer.from([0xff, 0xfb]));
    expect(['Xing', 'Info'].some((name) => bytes.subarray(start, start + 200).includes(name))).toBe(true);
    const lengths = new Set<number>();
    for (let at = start; at + 6 < bytes.length; ) {
      const frame = readAudioFrame(bytes, at);
      if (!frame) throw new Error(`no frame at ${at}`);
      lengths.add(frame.lengthBytes);
      at += frame.lengthBytes;
    }
    // 192 kbit/s at 44.1 kHz: 626 or, padded, 627 bytes.
    expect([...lengths].sort()).toEqual([626, 627]);
    const m4a = await readFile(join(out, 'm'));
    expect(m4a.indexOf('moov')).toBeGreaterThan(0);
    expect(m4a.indexOf('moov')).toBeLessThan(m4a.indexOf('mdat'));
    expect(m4a.toString('latin1', 8, 11)).toBe('M4A');
  });

  test('of all tags only the title goes out, and the same input gives the same bytes', async () => {
    const tagged = join(folder, `tagged-${_name.replace(/\W/g, '')}.flac`);
    const metadata = [
      '-metadata',
      'artist=Somebody',
      '-metadata',
      'comment=private note',
      '-metadata',
      'title=old',
    ];
    execFileSync(media.info.ffmpegPath, [
      '-nostdin',
      '-v',
      'error',
      '-y',
      '-i',
      inputPath,
      ...metadata,
      tagged,
    ]);
    const source = await media.probe(tagged);
    expect(source.tags).toMatchObject({ artist: 'Somebody', title: 'old' });
    const hashes = new Set<string>();
    for (const path of ['x', 'y'].map((name) => join(out, name))) {
      await media.encode({
        inputPath: tagged,
        source,
        outputs: [mp3({ path })],
        title: 'Séance\r\n=; du 3 mai',
      });
      const bytes = await readFile(path);
      expect(bytes.includes('Somebody') || bytes.includes('private note')).toBe(false);
      expect((await media.probe(path)).tags).toEqual({ title: 'Séance =; du 3 mai' });
      hashes.add(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(hashes.size).toBe(1);
  });

  test.each([8000, 11_025, 22_050, 96_000])(
    'a source of %i Hz becomes MP3 at any rate',
    async (sampleRate) => {
      const path = join(folder, `rate-${sampleRate}.wav`);
      await writeFile(path, toneWav({ seconds: 1, sampleRate, channels: 1 }));
      const source = await media.probe(path);
      await media.encode({
        inputPath: path,
        source,
        outputs: [mp3({ bitrateKbps: 320 }), mp3({ path: join(out, 'low'), bitrateKbps: 64 })],
      });
      const info = await media.probe(join(out, 'a'));
      expect(info.sampleRate).toBe(sampleRate > 48_000 ? 48_000 : 32_000);
      expect(info.bitrateKbps).toBe(320);
    },
  );

  test('more channels than two are mixed down', async () => {
    const path = join(folder, 'six.wav');
    await writeFile(path, toneWav({ seconds: 1, channels: 6 }));
    const source = await media.probe(path);
    expect(source.channels).toBe(6);
    await media.encode({ inputPath: path, source, outputs: [mp3()] });
    expect((await media.probe(join(out, 'a'))).channels).toBe(2);
  });

  test('progress rises to 1 and never falls', async () => {
    const path = join(folder, 'longer.wav');
    await writeFile(path, toneWav({ seconds: 120, channels: 1 }));
    const source = await media.probe(path);
    const seen: number[] = [];
    await media.encode({
      inputPath: path,
      source,
      outputs: [mp3()],
      onProgress: (fraction) => seen.push(fraction),
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect([seen.at(0) ?? 1, seen.at(-1)]).toEqual([expect.toSatisfy((first: number) => first < 1), 1]);
  });

  test('a source that is shorter than it said is a failure that leaves nothing', async () => {
    const source: MediaInfo = { ...(await media.probe(inputPath)), durationMs: 10_000 };
    await expect(media.encode({ inputPath, source, outputs: [mp3()] })).rejects.toMatchObject({
      failure: 'broken',
    });
    expect(await readdir(out)).toEqual([]);
  });

  test('a source that is not what it was leaves nothing', async () => {
    const source = await media.probe(inputPath);
    const other = join(folder, 'other.wav');
    await writeFile(other, '#EXTM3U\nfile:///etc/passwd\n');
    await expect(media.encode({ inputPath: other, source, outputs: [mp3()] })).rejects.toMatchObject({
      failure: 'broken',
    });
    expect(await readdir(out)).toEqual([]);
  });

  test('an abort in the middle leaves nothing', async () => {
    const path = join(folder, 'long.wav');
    const data = Buffer.alloc(44_100 * 4 * 600);
    await writeFile(path, Buffer.concat([wavHeader(data.length), data]));
    const source = await media.probe(path);
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('cancelled'));
    const encoding = media.encode({
      inputPath: path,
      source,
      outputs: [mp3()],
      signal: stop.signal,
      onProgress,
    });
    await expect(encoding).rejects.toThrow('cancelled');
    expect(await readdir(out)).toEqual([]);
  });
});

describe('impossible outputs are errors of the caller', () => {
  const [[, media] = []] = tools;
  test.each<Partial<EncodeOutput>>([
    { bitrateKbps: 32 },
    { bitrateKbps: 500 },
    { bitrateKbps: Number.NaN },
    { sampleRate: 96_000 },
  ])('%j', async (options) => {
    if (!media) throw new Error('no tools');
    const source = await media.probe(inputPath);
    await expect(media.encode({ inputPath, source, outputs: [mp3(options)] })).rejects.toBeInstanceOf(
      RangeError,
    );
  });
});

const mounts = canMount();

test.skipIf(!mounts)(
  `a full disk is said to be one${mounts ? '' : ' [skipped: may not mount here]'}`,
  async () => {
    const small = join(folder, 'small');
    await mkdir(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24k', 'tmpfs', small]);
    try {
      const [[, media] = []] = tools;
      if (!media) throw new Error('no tools');
      const source = await media.probe(inputPath);
      const encoding = media.encode({ inputPath, source, outputs: [mp3({ path: join(small, 'a') })] });
      await expect(encoding).rejects.toMatchObject({ failure: 'storage-full' });
      expect(await readdir(small)).toEqual([]);
    } finally {
      execFileSync('umount', [small]);
    }
  },
);

/** Mounting a tiny file system needs root and the capability; elsewhere that one test is skipped. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
