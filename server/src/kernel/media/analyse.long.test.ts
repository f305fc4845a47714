import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bothTools, testFolder, wavHeader } from './sound.test-kit.ts';

const folder = await testFolder('analyse-long');
const [first] = await bothTools(folder);

const rate = 8000;
const minutes = 12 * 60;

/** A minute in which every second falls silent and is cut off at full scale: the most there can be to list. */
function worstMinute(): Buffer {
  const minute = Buffer.alloc(60 * rate * 2);
  for (let sample = 0; sample < 60 * rate; sample++) {
    const place = sample % rate;
    const value = place < rate * 0.6 ? 0 : Math.max(-32_768, Math.min(32_767, 90_000 * Math.sin(place / 3)));
    minute.writeInt16LE(Math.round(value), sample * 2);
  }
  return minute;
}

test('twelve hours of the worst are measured in little memory, with lists in bounds', async () => {
  const [, media] = first ?? [];
  if (!media) throw new Error('no tools');
  const inputPath = join(folder, 'twelve-hours.wav');
  const file = await open(inputPath, 'w');
  const minute = worstMinute();
  await file.write(wavHeader(minute.length * minutes, rate, 1));
  for (let written = 0; written < minutes; written++) await file.write(minute);
  await file.close();
  const source = await media.probe(inputPath);
  const before = process.memoryUsage().rss;
  let highest = before;
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 50);
  const [waveformPath, spectrogramPath] = [join(folder, 'long.dat'), join(folder, 'long.png')];
  const found = await media.analyse({ inputPath, source, waveformPath, spectrogramPath });
  clearInterval(watch);
  expect(found.durationMs).toBe(minutes * 60_000);
  expect(found.clipping.runs).toBeGreaterThan(1_000_000);
  expect(found.clipping.places.length).toBeLessThanOrEqual(500);
  expect(found.silence.stretches.length).toBeLessThanOrEqual(5000);
  expect(found.silence.totalMs / found.durationMs).toBeCloseTo(0.6, 1);
  expect(found.loudness.curve.lufs.length).toBeLessThanOrEqual(2000);
  expect((await stat(spectrogramPath)).size).toBeLessThan(600_000);
  // 13 MB of waveform, 2 MB of levels, a thread of its own, and what is on its way to it.
  expect((highest - before) / 1e6).toBeLessThan(200);
}, 900_000);
