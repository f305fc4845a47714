import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SoundAnalyser } from './analysis/sound-analyser.ts';
import { bothTools, testFolder, toneWav, wavHeader } from './sound.test-kit.ts';
import { pointsPerOverview, readWaveform } from './waveform-file.ts';

const folder = await testFolder('waveform');
const tools = await bothTools(folder);

const samplesPerPoint = 80;

/** Writes mono samples at 8 kHz as a waveform file, pushed in portions of the given lengths. */
async function drawn(
  name: string,
  samples: Int16Array,
  portions: number[] = [samples.length],
): Promise<string> {
  const analyser = new SoundAnalyser({ sampleRate: 8000, channels: 1, fullScale: 1 });
  const values = Float32Array.from(samples, (sample) => sample / 32_768);
  let at = 0;
  for (let turn = 0; at < values.length; turn++) {
    const length = portions[turn % portions.length] ?? values.length;
    analyser.push(values.subarray(at, at + length));
    at += length;
  }
  const path = join(folder, name);
  await writeFile(path, analyser.finish().waveform);
  return path;
}

describe.each(tools)('%s', (_name, media) => {
  test('a loud and a silent half, with the exact length', async () => {
    const loud = toneWav({ seconds: 2, amplitude: 0.5 }).subarray(44);
    const wav = Buffer.concat([wavHeader(loud.length * 2), loud, Buffer.alloc(loud.length)]);
    const inputPath = join(folder, 'halves.wav');
    await writeFile(inputPath, wav);
    const source = await media.probe(inputPath);
    const waveformPath = join(folder, 'halves.dat');
    const spectrogramPath = join(folder, 'halves.png');
    const seen: number[] = [];
    const { durationMs: analysedMs } = await media.analyse({
      inputPath,
      source,
      waveformPath,
      spectrogramPath,
      onProgress: (fraction) => seen.push(fraction),
    });
    expect(analysedMs).toBe(4000);
    expect((await readFile(waveformPath)).readUInt32LE(16)).toBe(400);
    expect(seen.at(-1)).toBe(1);

    const { peaks, rms, sampleRate, durationMs } = await media.readWaveform(waveformPath, 4);
    expect([sampleRate, durationMs, peaks.length, rms.length]).toEqual([44_100, 4000, 8, 4]);
    for (const point of [0, 1]) {
      expect(peaks[point * 2]).toBeCloseTo(-0.5, 1);
      expect(peaks[point * 2 + 1]).toBeCloseTo(0.5, 1);
      expect(rms[point]).toBeCloseTo(0.5 / Math.SQRT2, 1);
    }
    expect(peaks.slice(6)).toEqual([0, 0]);
    expect(rms.slice(3)).toEqual([0]);
  });

  test('beside an encoder, and with an input that is not sound', async () => {
    const inputPath = join(folder, 'tone.wav');
    await writeFile(inputPath, toneWav({ seconds: 1 }));
    const source = await media.probe(inputPath);
    const outputs = [{ path: join(folder, 'tone.mp3'), format: 'mp3' as const, bitrateKbps: 64 }];
    const spectrogramPath = join(folder, 'tone.png');
    const [, analysis] = await Promise.all([
      media.encode({ inputPath, source, outputs }),
      media.analyse({ inputPath, source, waveformPath: join(folder, 'tone.dat'), spectrogramPath }),
    ]);
    expect(analysis.durationMs).toBe(1000);
    const inputNow = join(folder, 'no-sound.wav');
    await writeFile(inputNow, 'not sound at all');
    const [waveformPath, none] = [join(folder, 'none.dat'), join(folder, 'none.png')];
    const failing = media.analyse({ inputPath: inputNow, source, waveformPath, spectrogramPath: none });
    await expect(failing).rejects.toMatchObject({ failure: 'broken' });
    await expect(readFile(waveformPath)).rejects.toThrow('ENOENT');
    await expect(readFile(none)).rejects.toThrow('ENOENT');
  });
});

test('the file is what audiowaveform calls .dat version 2', async () => {
  const samples = Int16Array.from({ length: 200 }, (_, n) => (n < 80 ? -32_768 : n < 160 ? 32_767 : 256));
  const bytes = await readFile(await drawn('format.dat', samples));
  const header = [0, 4, 8, 12, 16, 20].map((at) => bytes.readInt32LE(at));
  expect(header).toEqual([2, 1, 8000, samplesPerPoint, 3, 1]);
  expect([...bytes.subarray(24, 30)].map((byte) => (byte << 24) >> 24)).toEqual([-128, -128, 127, 127, 1, 1]);
  expect([...bytes.subarray(30, 33)]).toEqual([255, 255, 2]);
});

test('portions make no difference', async () => {
  const portions = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 5 });
  const samples = fc.int16Array({ minLength: 1, maxLength: 12_000 });
  await fc.assert(
    fc.asyncProperty(samples, portions, async (all, lengths) => {
      const whole = await readFile(await drawn('whole.dat', all));
      const parted = await readFile(await drawn('parted.dat', all, lengths));
      expect(parted.equals(whole)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('reading: as many points as asked, never more than there are, and no peak gets lost', async () => {
  const samples = fc.int16Array({ minLength: 1, maxLength: 60_000 });
  await fc.assert(
    fc.asyncProperty(samples, fc.integer({ min: 1, max: 900 }), async (all, asked) => {
      const { peaks, rms, durationMs } = await readWaveform(await drawn('any.dat', all), asked);
      expect(rms.length).toBe(Math.min(asked, Math.ceil(all.length / samplesPerPoint)));
      expect(peaks.length).toBe(rms.length * 2);
      expect(durationMs).toBe(Math.round(all.length / 8));
      const [lowest, highest] = all.reduce(
        ([low, high], sample) => [Math.min(low, sample), Math.max(high, sample)],
        [32_767, -32_768],
      );
      expect(Math.min(...peaks)).toBeCloseTo((lowest >> 8) / 128, 2);
      expect(Math.max(...peaks)).toBeCloseTo((highest >> 8) / 128, 2);
      expect(rms.every((value) => value >= 0 && value <= 1)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('a long sound is read from the overview, and shows the same', async () => {
  const perPoint = samplesPerPoint * pointsPerOverview;
  const samples = Int16Array.from(
    { length: perPoint * 40 },
    (_, n) => (Math.floor(n / perPoint) % 10) * 1000,
  );
  const path = await drawn('long.dat', samples);
  const coarse = await readWaveform(path, 10);
  const fine = await readWaveform(path, 40);
  for (let point = 0; point < 10; point++) {
    const group = fine.peaks.slice(point * 8, point * 8 + 8);
    expect(coarse.peaks[point * 2 + 1]).toBe(Math.max(...group));
    expect(coarse.peaks[point * 2]).toBe(Math.min(...group));
    const squares = fine.rms.slice(point * 4, point * 4 + 4).map((value) => value ** 2);
    expect(coarse.rms[point]).toBeCloseTo(Math.sqrt(squares.reduce((a, b) => a + b) / 4), 1);
  }
});

test('a damaged file, and a senseless resolution', async () => {
  const path = await drawn('damaged.dat', new Int16Array(10_000));
  for (const points of [0, -1, 1.5, Number.NaN])
    await expect(readWaveform(path, points)).rejects.toBeInstanceOf(RangeError);
  const { length } = await readFile(path);
  for (const cut of [length - 1, 100, 10, 0]) {
    await truncate(path, cut);
    await expect(readWaveform(path, 10)).rejects.toMatchObject({ failure: 'broken' });
  }
});
