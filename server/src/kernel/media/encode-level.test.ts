import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { bothTools, testFolder, toneWav, wavHeader } from './sound.test-kit.ts';
import type { EncodeFormat, EncodeOutput, MediaTools } from './tools.ts';

const folder = await testFolder('encode-level');
const tools = await bothTools(folder);
const FORMATS: EncodeFormat[] = ['mp3', 'aac', 'opus', 'wav', 'flac'];
const out = join(folder, 'out');
beforeEach(async () => {
  await rm(out, { recursive: true, force: true });
  await mkdir(out);
});

const outputs = (options: Partial<EncodeOutput> = {}): EncodeOutput[] =>
  FORMATS.map((format) => ({ path: join(out, format), format, bitrateKbps: 128, ...options }));

/** What a player that knows of encoders' delays gets to hear, as samples of all channels. */
function decode({ info }: MediaTools, path: string, rate: number): Int16Array {
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-i',
    path,
    '-map',
    '0:a',
    '-ar',
    String(rate),
    '-f',
    's16le',
    '-',
  ];
  const bytes = execFileSync(info.ffmpegPath, args, { maxBuffer: 1e8 });
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Quiet noise with loud bursts of a few milliseconds: what speech does, made worse. */
function burstsWav(seconds: number): Buffer {
  const rate = 44_100;
  const data = Buffer.alloc(seconds * rate * 4);
  let seed = 7;
  for (let frame = 0; frame < seconds * rate; frame++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const isBurst = frame % 8_820 < 220;
    const value = (seed / 1_073_741_824 - 1) * (isBurst ? 0.9 : 0.02) * 32_767;
    data.writeInt16LE(Math.round(value), frame * 4);
    data.writeInt16LE(Math.round(value), frame * 4 + 2);
  }
  return Buffer.concat([wavHeader(data.length, rate, 2), data]);
}

const [[, own] = []] = tools;

test('all formats are as long as the source and begin where it does', async () => {
  if (!own) throw new Error('no tools');
  const [sampleRate, channels] = [22_050, 1];
  const inputPath = join(folder, 'exact.wav');
  const sound = toneWav({ seconds: 2.345, sampleRate, channels });
  // Silent for exactly a second.
  sound.fill(0, 44, 44 + sampleRate * channels * 2);
  await writeFile(inputPath, sound);
  const source = await own.probe(inputPath);
  for (const { path, format, durationMs } of await own.encode({
    inputPath,
    source,
    outputs: outputs(),
  })) {
    const heard = decode(own, path, sampleRate);
    const firstFrame = heard.findIndex((sample) => Math.abs(sample) > 3_000) / channels;
    const { durationMs: measuredMs } = await own.probe(path);
    expect([format, durationMs, measuredMs]).toEqual([format, 2345, 2345]);
    expect([format, Math.abs(firstFrame / sampleRate - 1) < 0.0015]).toEqual([format, true]);
  }
});

describe.each(tools)('%s', (_name, media) => {
  test('a gain is exact, and nothing is shifted', async () => {
    const inputPath = join(folder, 'gain.wav');
    await writeFile(inputPath, toneWav({ seconds: 2, amplitude: 0.1 }));
    const source = await media.probe(inputPath);
    const wish = { format: 'wav' as const, bitrateKbps: 0 };
    await media.encode({
      inputPath,
      source,
      outputs: [
        { ...wish, path: join(out, 'plain') },
        { ...wish, path: join(out, 'gained'), level: { gainDb: 6, ceilingDb: null } },
        { ...wish, path: join(out, 'limited'), level: { gainDb: 6, ceilingDb: -1 } },
      ],
    });
    const [plain, gained, limited] = ['plain', 'gained', 'limited'].map((name) =>
      decode(media, join(out, name), 44_100),
    );
    const factor = 10 ** (6 / 20);
    const off = (samples: Int16Array | undefined, from: number, allowed: number) =>
      plain?.findIndex(
        (sample, at) =>
          at >= from &&
          at < plain.length - from &&
          Math.abs(sample * factor - (samples?.[at] ?? 1e9)) > allowed,
      );
    expect([plain?.length, gained?.length, limited?.length]).toEqual([176_400, 176_400, 176_400]);
    // The limiter has nothing to do here: going up to four times the rate and back costs a hundredth of the peak.
    expect([off(gained, 0, 2), off(limited, 400, 65)]).toEqual([-1, -1]);
  });

  test('a ceiling holds true peaks', async () => {
    const inputPath = join(folder, 'bursts.wav');
    await writeFile(inputPath, burstsWav(4));
    const source = await media.probe(inputPath);
    const level = { gainDb: 12, ceilingDb: -1.5 };
    const some = outputs({ level }).filter(({ format }) => format === 'wav' || format === 'aac');
    for (const { path } of await media.encode({ inputPath, source, outputs: some })) {
      const measured = await media.analyse({
        inputPath: path,
        source: await media.probe(path),
        waveformPath: join(out, 'w'),
        spectrogramPath: join(out, 's'),
      });
      expect(measured.truePeakDb, path).toBeLessThan(path.endsWith('wav') ? -0.7 : 0.5);
      expect(measured.truePeakDb, path).toBeGreaterThan(-3);
    }
  });
});

test('tags and picture go where the format has them, and nothing else does', async () => {
  if (!own) throw new Error('no tools');
  const media = own;
  const inputPath = join(folder, 'labels.wav');
  await writeFile(inputPath, toneWav({ seconds: 1 }));
  const coverPath = join(folder, 'cover.jpg');
  const picture = ['-f', 'lavfi', '-i', 'testsrc=size=900x600', '-frames:v', '1', '-y', coverPath];
  execFileSync(media.info.ffmpegPath, ['-nostdin', '-v', 'error', ...picture]);
  const tags = { artist: 'Ada = "Élise";#', album: 'Débats', date: '2024-05-01', genre: 'Speech' };
  const source = await media.probe(inputPath);
  await media.encode({ inputPath, source, outputs: outputs(), title: 'Séance', tags, coverPath });
  for (const format of FORMATS) {
    const labels = await media.readLabels({
      inputPath: join(out, format),
      source: await media.probe(join(out, format)),
      coverPath: join(out, 'again.jpg'),
    });
    expect([format, labels]).toEqual([
      format,
      { tags: { title: 'Séance', ...tags }, hasCover: format !== 'wav' },
    ]);
  }
  expect((await readdir(out)).filter((name) => name.includes('cover'))).toEqual([]);
  const broken = join(folder, 'broken.jpg');
  await writeFile(broken, 'no picture');
  const made = await media.encode({ inputPath, source, outputs: outputs(), coverPath: broken });
  expect(made).toHaveLength(FORMATS.length);
});
