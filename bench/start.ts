/**
 * How long `./antenne start` takes to its first healthy answer: on an empty DATA_DIR, and again on the same one.
 * usage: node bench/start.ts [rounds]      goal: second start under 3 s (no peer does the same thing)
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startStation } from '../e2e/harness/station.ts';

const rounds = Number(process.argv[2] ?? 5);

async function timeStart(dataDir: string): Promise<{ startMs: number; stopMs: number }> {
  const started = performance.now();
  const station = await startStation({ dataDir });
  const startMs = performance.now() - started;
  const stopMs = await station.stop();
  return { startMs, stopMs };
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const first: number[] = [];
const second: number[] = [];
const stops: number[] = [];
for (let round = 0; round < rounds; round++) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'antenne-bench-start-'));
  first.push((await timeStart(dataDir)).startMs);
  const again = await timeStart(dataDir);
  second.push(again.startMs);
  stops.push(again.stopMs);
  await rm(dataDir, { recursive: true, force: true });
}
for (const [name, values] of Object.entries({ 'first start': first, 'second start': second, stop: stops })) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  console.log(
    `${name.padEnd(13)} median ${Math.round(median(values))} ms  (${Math.round(low)}–${Math.round(high)})`,
  );
}
