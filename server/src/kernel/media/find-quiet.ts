import { levelOf, levelSpan } from './speech-levels.ts';

/** A run of quiet frames, the end not included. */
export interface QuietRun {
  start: number;
  end: number;
}

/** The threshold is found anew for each second, from the half minute around it on either side. */
const blockFrames = 50;
const reachBlocks = 30;

/** Shorter dips are closures inside words (“t”, “k”), not pauses. */
const shortestRun = 8;

/**
 * Finds where nobody speaks: frames near the floor of their surroundings, whatever its level (a hum, a hall, digital
 * silence). In doubt a frame is sound. Linear in the number of levels.
 */
export function findQuiet(levels: Uint8Array): QuietRun[] {
  const thresholds = thresholdsOf(levels);
  return quietRuns(levels, (frame) => thresholds[Math.floor(frame / blockFrames)] ?? 0, shortestRun);
}

/** Runs of at least so many frames whose levels are below the threshold of each frame. */
export function quietRuns(
  levels: Uint8Array,
  thresholdAt: (frame: number) => number,
  shortest: number,
): QuietRun[] {
  const runs: QuietRun[] = [];
  let start = -1;
  for (let frame = 0; frame <= levels.length; frame++) {
    const level = levels[frame] ?? Number.POSITIVE_INFINITY;
    if (level < thresholdAt(frame)) {
      if (start < 0) start = frame;
    } else if (start >= 0) {
      if (frame - start >= shortest) runs.push({ start, end: frame });
      start = -1;
    }
  }
  return runs;
}

/** Counts of levels, from which any share can be read. */
class Histogram {
  readonly #counts = new Uint32Array(256);
  #total = 0;

  add(levels: Uint8Array, times: 1 | -1): void {
    for (const level of levels) this.#counts[level] = (this.#counts[level] ?? 0) + times;
    this.#total += levels.length * times;
  }

  /** The level that this share of all frames does not exceed. */
  share(share: number): number {
    let left = this.#total * share;
    for (let level = 0; level < 256; level++) {
      left -= this.#counts[level] ?? 0;
      if (left <= 0) return level;
    }
    return 255;
  }
}

/** One threshold per second: frames below it are quiet. */
function thresholdsOf(levels: Uint8Array): Uint8Array {
  const blocks = Math.ceil(levels.length / blockFrames);
  const thresholds = new Uint8Array(blocks);
  const block = (index: number) => levels.subarray(index * blockFrames, (index + 1) * blockFrames);
  const whole = new Histogram();
  whole.add(levels, 1);
  const loudest = whole.share(0.95);
  const around = new Histogram();
  for (let index = 0; index < reachBlocks; index++) around.add(block(index), 1);
  for (let index = 0; index < blocks; index++) {
    around.add(block(index + reachBlocks), 1);
    if (index > reachBlocks) around.add(block(index - reachBlocks - 1), -1);
    thresholds[index] = threshold(around.share(0.1), around.share(0.9), loudest);
  }
  return thresholds;
}

/** From the floor and the top of the surroundings, and the top of the whole recording. */
function threshold(floor: number, top: number, loudest: number): number {
  const range = top - floor;
  // Nothing moves and it is faint beside the rest: the room itself.
  if (range < levelSpan(6) && top < loudest - levelSpan(15)) return top + levelSpan(3);
  const always = Math.min(levelOf(-55), Math.max(levelOf(-80), loudest - levelSpan(35)));
  if (range < levelSpan(10)) return always;
  const above = Math.min(levelSpan(12), Math.max(levelSpan(4), range * 0.3));
  return Math.max(always, floor + above);
}
