import { quietRuns } from '../find-quiet.ts';
import { levelFrameMs, levelOf } from '../speech-levels.ts';

/** Sound below this level (mean square of 20 ms) for long enough is silence. */
const thresholdDb = -50;
const firstShortestMs = 500;
const mostStretches = 5000;

/** Where it is silent, whatever is said there: absolute, unlike the pauses that speech is cut in. */
export interface Silence {
  thresholdDb: number;
  /** Shorter stretches are not listed. */
  shortestMs: number;
  /** Of all, the ones that are not listed for their number included. */
  totalMs: number;
  stretches: { startMs: number; endMs: number }[];
}

/** Stretches of silence in order; shorter ones are left out when there are too many to list. */
export function findSilences(levels: Uint8Array, durationMs: number): Silence {
  const threshold = levelOf(thresholdDb);
  let shortestMs = firstShortestMs;
  let runs = quietRuns(levels, () => threshold, shortestMs / levelFrameMs);
  const totalMs = runs.reduce((sum, { start, end }) => sum + (end - start) * levelFrameMs, 0);
  while (runs.length > mostStretches) {
    shortestMs *= 2;
    const shortest = shortestMs / levelFrameMs;
    runs = runs.filter(({ start, end }) => end - start >= shortest);
  }
  const stretches = runs.map(({ start, end }) => ({
    startMs: start * levelFrameMs,
    endMs: Math.min(Math.round(durationMs), end * levelFrameMs),
  }));
  return { thresholdDb, shortestMs, totalMs: Math.min(Math.round(durationMs), totalMs), stretches };
}
