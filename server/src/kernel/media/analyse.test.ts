import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { bothTools, testFolder, toneWav, wavHeader } from './sound.test-kit.ts';
import type { MediaInfo, MediaTools, SoundAnalysis } from './tools.ts';

const run = promisify(execFile);
const folder = await testFolder('analyse');
const tools = await bothTools(folder);

async function analysed(media: MediaTools, name: string, bytes: Buffer): Promise<SoundAnalysis> {
  const inputPath = join(folder, name);
  await writeFile(inputPath, bytes);
  const source = await media.probe(inputPath);
  const [waveformPath, spectrogramPath] = [join(folder, `${name}.dat`), join(folder, `${name}.png`)];
  return media.analyse({ inputPath, source, waveformPath, spectrogramPath });
}

/** A WAV of 32-bit floats. */
function floatWav(samples: Float32Array, channels: number, sampleRate = 48_000): Buffer {
  const header = wavHeader(samples.byteLength, sampleRate, channels);
  header.writeUInt16LE(3, 20);
  header.writeUInt32LE(sampleRate * channels * 4, 28);
  header.writeUInt16LE(channels * 4, 32);
  header.writeUInt16LE(32, 34);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

/** What the filter of this ffmpeg says of a file: a peer of another make. */
async function ebur128(media: MediaTools, path: string) {
  const args = [
    '-nostdin',
    '-hide_banner',
    '-nostats',
    '-i',
    path,
    '-af',
    'ebur128=peak=true',
    '-f',
    'null',
    '-',
  ];
  const { stderr } = await run(media.info.ffmpegPath, args, { maxBuffer: 10_000_000 });
  const summary = stderr.slice(stderr.lastIndexOf('Summary:'));
  const figure = (name: string) => Number(new RegExp(`${name}:\\s+(-?[\\d.]+|-inf|nan)`).exec(summary)?.[1]);
  return { integrated: figure('I'), range: figure('LRA'), peak: figure('Peak') };
}

describe.each(tools)('%s', (_name, media) => {
  test.each([
    [
      'pink noise that swells',
      'anoisesrc=d=20:c=pink:r=44100:a=0.4,tremolo=f=0.2:d=0.9,aformat=channel_layouts=stereo',
    ],
    [
      'clicks and a low voice',
      'aevalsrc=0.5*sin(120*t*2*PI)*lt(mod(t\\,2)\\,1)+0.4*eq(mod(n\\,9973)\\,0):s=48000:d=20',
    ],
  ])('agrees with ebur128 on %s', async (name, source) => {
    const path = join(folder, 'peer.flac');
    await run(media.info.ffmpegPath, ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', source, '-y', path]);
    const ours = await analysed(media, `${name.replaceAll(' ', '-')}.flac`, await readFile(path));
    const theirs = await ebur128(media, path);
    expect(Math.abs((ours.loudness.integratedLufs ?? 0) - theirs.integrated)).toBeLessThanOrEqual(0.1);
    expect(Math.abs((ours.loudness.rangeLu ?? 0) - theirs.range)).toBeLessThanOrEqual(0.5);
    expect(Math.abs((ours.truePeakDb ?? 0) - theirs.peak)).toBeLessThanOrEqual(0.4);
  });

  test('values that are no numbers end in a fault, not in figures that are none', async () => {
    const samples = Float32Array.from({ length: 96_000 }, (_, n) => 0.1 * Math.sin(n / 10));
    samples.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38], 5000);
    const found = await analysed(media, 'nan.wav', floatWav(samples, 2));
    expect(found.faults.map(({ code }) => code)).toContain('invalid-samples');
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  test('six channels are mixed as listeners hear them; thirty-two, that nobody can place, are refused', async () => {
    const sound = (channels: number) =>
      floatWav(
        Float32Array.from(
          { length: channels * 96_000 },
          (_, n) => 0.1 * Math.sin(Math.floor(n / channels) / 10),
        ),
        channels,
      );
    const found = await analysed(media, 'six.wav', sound(6));
    expect(found.channels).toBe(2);
    expect(found.durationMs).toBe(2000);
    await expect(analysed(media, 'many.wav', sound(32))).rejects.toMatchObject({ failure: 'broken' });
    await expect(stat(join(folder, 'many.wav.dat'))).rejects.toThrow('ENOENT');
  });

  test.each([1000, 11_025, 22_050, 96_000, 192_000])('a source at %i Hz', async (sampleRate) => {
    const found = await analysed(
      media,
      `rate-${sampleRate}.wav`,
      toneWav({ seconds: 1, sampleRate, amplitude: 0.1 }),
    );
    expect(Math.abs(found.durationMs - 1000)).toBeLessThan(30);
    expect(found.sampleRate % 100).toBe(0);
    expect(found.sampleRate).toBeGreaterThanOrEqual(Math.min(48_000, sampleRate));
  });

  test('a header that promises ten days and holds a second', async () => {
    const bytes = toneWav({ seconds: 1, sampleRate: 8000, channels: 1 });
    bytes.writeUInt32LE(0xfffffff0, 40);
    bytes.writeUInt32LE(0xfffffff0, 4);
    const inputPath = join(folder, 'promise.wav');
    await writeFile(inputPath, bytes);
    const source: MediaInfo = { ...(await media.probe(inputPath)), durationMs: 1e9 };
    const [waveformPath, spectrogramPath] = [join(folder, 'promise.dat'), join(folder, 'promise.png')];
    const found = await media.analyse({ inputPath, source, waveformPath, spectrogramPath });
    expect(found.durationMs).toBe(1000);
    expect((await stat(waveformPath)).size).toBeLessThan(1000);
  });

  test('no samples at all is a broken file, and leaves nothing', async () => {
    const inputPath = join(folder, 'none.wav');
    await writeFile(inputPath, toneWav({ seconds: 1 }));
    const source = await media.probe(inputPath);
    await writeFile(inputPath, wavHeader(0));
    const [waveformPath, spectrogramPath] = [join(folder, 'no.dat'), join(folder, 'no.png')];
    const failing = media.analyse({ inputPath, source, waveformPath, spectrogramPath });
    await expect(failing).rejects.toMatchObject({ failure: 'broken' });
    await expect(stat(waveformPath)).rejects.toThrow('ENOENT');
  });

  test('an end from outside comes at once, with its reason', async () => {
    const inputPath = join(folder, 'long.wav');
    await writeFile(inputPath, toneWav({ seconds: 300, sampleRate: 8000 }));
    const source = await media.probe(inputPath);
    const paths = { waveformPath: join(folder, 'end.dat'), spectrogramPath: join(folder, 'end.png') };
    const ending = new AbortController();
    const reason = new Error('enough');
    const onProgress = () => ending.abort(reason);
    const failing = media.analyse({ inputPath, source, ...paths, signal: ending.signal, onProgress });
    await expect(failing).rejects.toBe(reason);
    await expect(stat(paths.waveformPath)).rejects.toThrow('ENOENT');
  });
});

const [[, own] = ['', null]] = tools;

/** A FLAC picture block of any kind, before a second of silence. */
async function flacWithPicture(name: string, mimeType: string, picture: Buffer): Promise<string> {
  const plain = join(folder, 'plain.flac');
  const tone = ['-f', 'lavfi', '-i', 'sine=d=1:r=8000'];
  await run('ffmpeg', ['-nostdin', '-v', 'error', ...tone, '-c:a', 'flac', '-y', plain]);
  const flac = await readFile(plain);
  const number = (value: number) => {
    const four = Buffer.alloc(4);
    four.writeUInt32BE(value);
    return four;
  };
  const mime = Buffer.from(mimeType);
  const body = Buffer.concat([
    ...[number(3), number(mime.length), mime, number(0), number(0), number(0), number(24), number(0)],
    ...[number(picture.length), picture],
  ]);
  const head = Buffer.from([6, (body.length >> 16) & 255, (body.length >> 8) & 255, body.length & 255]);
  const path = join(folder, name);
  // After the stream's own block, which is 38 bytes and no longer the last one.
  const first = Buffer.from(flac.subarray(0, 42));
  first[4] = (first[4] ?? 0) & 0x7f;
  await writeFile(path, Buffer.concat([first, head, body, flac.subarray(42)]));
  return path;
}

describe('cover art', () => {
  const labels = async (name: string, mimeType: string, picture: Buffer) => {
    if (own === null) throw new Error('no tools');
    const inputPath = await flacWithPicture(name, mimeType, picture);
    const source = await own.probe(inputPath);
    const coverPath = join(folder, `${name}.jpg`);
    const found = await own.readLabels({ inputPath, source, coverPath });
    return { ...found, bytes: await readFile(coverPath).catch(() => null) };
  };
  const drawn = async (size: string, codec: string) => {
    const path = join(folder, `picture.${codec}`);
    const colour = `color=c=red:s=${size}:d=1:r=1`;
    await run('ffmpeg', [
      '-nostdin',
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      colour,
      '-frames:v',
      '1',
      '-y',
      path,
    ]);
    return readFile(path);
  };

  test('is a JPEG of our own making', async () => {
    const found = await labels('png.flac', 'image/png', await drawn('1500x900', 'png'));
    expect(found.hasCover).toBe(true);
    expect(found.bytes?.subarray(0, 3).toString('hex')).toBe('ffd8ff');
  });

  test.each<[string, string, () => Promise<Buffer>]>([
    [
      'svg.flac',
      'image/svg+xml',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    ],
    [
      'svg-as-png.flac',
      'image/png',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    ],
    ['cut.flac', 'image/png', async () => (await drawn('300x300', 'png')).subarray(0, 60)],
    ['html.flac', 'image/jpeg', async () => Buffer.from('<html><script>alert(1)</script>')],
    ['link.flac', '-->', async () => Buffer.from('http://127.0.0.1/secret.png')],
    ['bomb.flac', 'image/png', async () => hugePng()],
    ['empty.flac', 'image/png', async () => Buffer.alloc(0)],
  ])('of %s is none', async (name, mimeType, make) => {
    const found = await labels(name, mimeType, await make());
    expect(found).toMatchObject({ hasCover: false, bytes: null });
  });

  /** 40,000 × 40,000 points in a few bytes. */
  async function hugePng(): Promise<Buffer> {
    const png = Buffer.from(await drawn('100x100', 'png'));
    png.writeUInt32BE(40_000, 16);
    png.writeUInt32BE(40_000, 20);
    return png;
  }
});
