import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { demuxerOf } from './sniff-container.ts';
import { bothTools, testFolder, toneWav, wavHeader } from './sound.test-kit.ts';
import type { SpeechSource } from './speech.ts';
import type { EncodeFormat, MediaTools } from './tools.ts';

const folder = await testFolder('speech');
const tools = await bothTools(folder);
const rate = 44_100;

/** A sound that tells the time: each second begins with half a second of a tone of its own height. */
function clockWav(seconds: number): Buffer {
  const data = Buffer.alloc(seconds * rate * 2);
  for (let second = 0; second < seconds; second++) {
    for (let at = 0; at < rate / 2; at++) {
      const value = 12_000 * Math.sin((2 * Math.PI * heightOf(second) * at) / rate);
      data.writeInt16LE(Math.round(value), (second * rate + at) * 2);
    }
  }
  return Buffer.concat([wavHeader(data.length, rate, 1), data]);
}

const heightOf = (second: number) => 300 + second * 20;

/** When the first tone of a 16 kHz WAV begins, and which second that is. */
function readClock(wav: Buffer): { onsetMs: number; second: number } {
  const sample = (at: number) => wav.readInt16LE(44 + at * 2);
  let onset = 0;
  while (Math.abs(sample(onset)) < 3000) onset++;
  let crossings = 0;
  for (let at = onset + 800; at < onset + 5600; at++) {
    if (sample(at) < 0 !== sample(at + 1) < 0) crossings++;
  }
  return { onsetMs: onset / 16, second: Math.round((crossings / 2 / 0.3 - heightOf(0)) / 20) };
}

async function sourceOf(
  media: MediaTools,
  wav: Buffer,
  name: string,
): Promise<SpeechSource & { expectedMs: number }> {
  const inputPath = join(folder, name);
  await writeFile(inputPath, wav);
  const { container, audioStreamIndex, durationMs } = await media.probe(inputPath);
  return { inputPath, demuxer: demuxerOf(container), audioStreamIndex, expectedMs: durationMs };
}

/** Tones of a second and silences, in turn. */
function talk(...silencesMs: number[]): Buffer {
  const tone = toneWav({ seconds: 1, channels: 1 }).subarray(44);
  const parts = [
    tone,
    ...silencesMs.flatMap((ms) => [Buffer.alloc(Math.round((ms * rate) / 1000) * 2), tone]),
  ];
  const data = Buffer.concat(parts);
  return Buffer.concat([wavHeader(data.length, rate, 1), data]);
}

describe.each(tools)('%s', (_name, media) => {
  test('cuts where it is silent and leaves long silence out', async () => {
    const source = await sourceOf(media, talk(400, 400, 8000, 400), 'talk.wav');
    const shares: number[] = [];
    const onProgress = (share: number) => shares.push(share);
    const plan = (maxChunkMs: number, useVad: boolean) =>
      media.planSpeechChunks({ ...source, maxChunkMs, useVad, onProgress });
    expect(await plan(60_000, true)).toEqual({
      durationMs: 14_200,
      chunks: [
        { startMs: 0, endMs: 4100 },
        { startMs: 11_500, endMs: 14_200 },
      ],
    });
    expect((await plan(3000, true)).chunks.slice(0, 2)).toEqual([
      { startMs: 0, endMs: 2600 },
      { startMs: 2600, endMs: 4100 },
    ]);
    expect((await plan(60_000, false)).chunks).toEqual([{ startMs: 0, endMs: 14_200 }]);
    expect(shares.at(-1)).toBe(1);
  });

  test.each<[string, Buffer, object]>([
    [
      'a fifth of a second',
      toneWav({ seconds: 0.2 }),
      { durationMs: 200, chunks: [{ startMs: 0, endMs: 200 }] },
    ],
    ['nothing but silence', toneWav({ seconds: 3, amplitude: 0 }), { durationMs: 3000, chunks: [] }],
    ['a constant that is no sound', offset(3), { durationMs: 3000, chunks: [] }],
    [
      'no silence at all',
      toneWav({ seconds: 3 }),
      { durationMs: 3000, chunks: [{ startMs: 0, endMs: 3000 }] },
    ],
  ])('%s', async (name, wav, plan) => {
    const source = await sourceOf(media, wav, `${name}.wav`);
    expect(await media.planSpeechChunks({ ...source, maxChunkMs: 60_000, useVad: true })).toEqual(plan);
  });

  test.each<EncodeFormat>(['wav', 'flac', 'mp3', 'aac', 'opus'])(
    'a chunk of %s begins where it was cut',
    async (format) => {
      const clock = await sourceOf(media, clockWav(20), 'clock-source.wav');
      const path = join(folder, `clock.${format}`);
      const info = await media.probe(clock.inputPath);
      await media.encode({
        inputPath: clock.inputPath,
        source: info,
        outputs: [{ path, format, bitrateKbps: 96 }],
      });
      const source = await sourceOf(media, await readFile(path), `copy.${format}`);
      for (const second of [0, 3, 17]) {
        const outputPath = join(folder, 'chunk.wav');
        const startMs = second * 1000 + 700;
        const made = await media.extractSpeech({ ...source, startMs, endMs: startMs + 2000, outputPath });
        const wav = await readFile(outputPath);
        expect(made).toEqual({ durationMs: 2000, sizeBytes: 64_044 });
        expect([wav.length, wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual([
          64_044, 1, 16_000, 16,
        ]);
        const { onsetMs, second: found } = readClock(wav);
        expect(found).toBe(second + 1);
        expect(Math.abs(onsetMs - 300)).toBeLessThan(30);
      }
    },
  );

  test('a chunk that reaches over the end is shorter, one behind it is refused', async () => {
    const source = await sourceOf(media, toneWav({ seconds: 2 }), 'short.wav');
    const outputPath = join(folder, 'over.wav');
    expect(await media.extractSpeech({ ...source, startMs: 1500, endMs: 9000, outputPath })).toEqual({
      durationMs: 500,
      sizeBytes: 16_044,
    });
    const behind = media.extractSpeech({ ...source, startMs: 5000, endMs: 6000, outputPath });
    await expect(behind).rejects.toMatchObject({ failure: 'broken' });
    await expect(stat(outputPath)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('cancelling passes the reason on and leaves nothing behind', async () => {
    const source = await sourceOf(media, toneWav({ seconds: 2 }), 'cancelled.wav');
    const reason = new Error('cancelled');
    const given = { ...source, signal: AbortSignal.abort(reason) };
    await expect(media.planSpeechChunks({ ...given, maxChunkMs: 9000, useVad: true })).rejects.toBe(reason);
    const outputPath = join(folder, 'cancelled-chunk.wav');
    await expect(media.extractSpeech({ ...given, startMs: 0, endMs: 1000, outputPath })).rejects.toBe(reason);
    await expect(stat(outputPath)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

/** A microphone with a fault: far from zero all the time, and silent. */
function offset(seconds: number): Buffer {
  const wav = toneWav({ seconds, channels: 1, amplitude: 0 });
  for (let at = 44; at < wav.length; at += 2) wav.writeInt16LE(5000, at);
  return wav;
}
