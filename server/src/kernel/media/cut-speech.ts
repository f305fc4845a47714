import { findQuiet, type QuietRun } from './find-quiet.ts';
import type { SpeechChunk } from './speech.ts';
import { levelFrameMs, levelSpan } from './speech-levels.ts';

/** What the cutter is told beside the levels. */
export interface CutOptions {
  durationMs: number;
  maxChunkMs: number;
  useVad: boolean;
}

/** Silence of this length is left out; less is not worth another start of the engine. */
const longSilenceMs = 5000;
/** Left around speech, so that soft beginnings and ends stay in. */
const marginMs = 300;
/** A single click in a long silence is nobody speaking. */
const shortestSpeechMs = 100;
/** Pauses beyond this length are all equally good to cut in. */
const amplePauseMs = 1000;
/** Frames over which the least loud place is looked for where there is no pause: two syllables' distance. */
const dipFrames = 5;

/** Cuts a recording for recognition, from its levels alone. Linear in their number; RangeError for chunks under a second. */
export function cutSpeech(levels: Uint8Array, options: CutOptions): SpeechChunk[] {
  const { durationMs, maxChunkMs, useVad } = options;
  if (!(maxChunkMs >= 1000))
    throw new RangeError(`A chunk of ${maxChunkMs} ms is too short to be recognised`);
  const quiet = findQuiet(levels);
  const regions = useVad ? speechRegions(quiet, durationMs) : [{ startMs: 0, endMs: durationMs }];
  const cutter = new Cutter(levels, quiet, maxChunkMs);
  return regions.flatMap((region) => cutter.cut(region));
}

/** What is left when long silences are taken out. */
function speechRegions(quiet: readonly QuietRun[], durationMs: number): SpeechChunk[] {
  const regions: SpeechChunk[] = [];
  let begin = 0;
  let quietInsideMs = 0;
  const close = (end: number) => {
    if (end - begin - quietInsideMs < Math.min(shortestSpeechMs, durationMs)) return;
    regions.push({ startMs: Math.max(0, begin - marginMs), endMs: Math.min(durationMs, end + marginMs) });
  };
  for (const run of quiet) {
    const [startMs, endMs] = [run.start * levelFrameMs, Math.min(durationMs, run.end * levelFrameMs)];
    const isEdge = startMs === 0 || endMs === durationMs;
    if (endMs - startMs < longSilenceMs && !isEdge) {
      quietInsideMs += endMs - startMs;
      continue;
    }
    close(startMs);
    begin = endMs;
    quietInsideMs = 0;
  }
  close(durationMs);
  return regions;
}

/** Cuts regions, given in ascending order, into chunks of like length. */
class Cutter {
  readonly #levels: Uint8Array;
  readonly #quiet: readonly QuietRun[];
  readonly #maxChunkMs: number;
  #nextRun = 0;

  constructor(levels: Uint8Array, quiet: readonly QuietRun[], maxChunkMs: number) {
    this.#levels = levels;
    this.#quiet = quiet;
    this.#maxChunkMs = maxChunkMs;
  }

  cut({ startMs, endMs }: SpeechChunk): SpeechChunk[] {
    const chunks: SpeechChunk[] = [];
    let fromMs = startMs;
    while (endMs - fromMs > this.#maxChunkMs) {
      const cutMs = this.#placeOfCut(fromMs, endMs);
      chunks.push({ startMs: fromMs, endMs: cutMs });
      fromMs = cutMs;
    }
    if (endMs > fromMs) chunks.push({ startMs: fromMs, endMs });
    return chunks;
  }

  /** The best pause near where equal parts would end, else the least loud place. */
  #placeOfCut(fromMs: number, endMs: number): number {
    const restMs = endMs - fromMs;
    const partMs = restMs / Math.ceil(restMs / this.#maxChunkMs);
    const aimMs = fromMs + partMs;
    const lowest = Math.ceil((fromMs + partMs / 2) / levelFrameMs);
    const highest = Math.floor(
      Math.min(fromMs + this.#maxChunkMs, endMs - Math.min(partMs / 4, 5000)) / levelFrameMs,
    );
    const frame = this.#bestPause(lowest, highest, aimMs) ?? this.#leastLoud(lowest, highest, aimMs);
    return frame * levelFrameMs;
  }

  #bestPause(lowest: number, highest: number, aimMs: number): number | null {
    while ((this.#quiet[this.#nextRun]?.end ?? Number.POSITIVE_INFINITY) <= lowest) this.#nextRun++;
    let best: number | null = null;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let index = this.#nextRun; index < this.#quiet.length; index++) {
      const run = this.#quiet[index];
      if (!run || run.start >= highest) break;
      const middle = Math.min(highest, Math.max(lowest, this.#heartOf(run)));
      const lengthMs = (run.end - run.start) * levelFrameMs;
      const score = Math.min(1, lengthMs / amplePauseMs) - this.#farness(middle, aimMs) / 2;
      if (score > bestScore) [best, bestScore] = [middle, score];
    }
    return best;
  }

  /** The middle of what is quietest in a pause: the ends of words around it may be faint too. */
  #heartOf({ start, end }: QuietRun): number {
    const levels = this.#levels.subarray(start, end);
    const ceiling = levels.reduce((least, level) => Math.min(least, level), 255) + levelSpan(6);
    const first = levels.findIndex((level) => level <= ceiling);
    const last = levels.findLastIndex((level) => level <= ceiling);
    return start + Math.round((first + last + 1) / 2);
  }

  #leastLoud(lowest: number, highest: number, aimMs: number): number {
    let best = lowest;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let frame = lowest; frame <= highest; frame++) {
      let sum = 0;
      for (let near = 0; near < dipFrames; near++) {
        sum += this.#levels[frame - (dipFrames >> 1) + near] ?? 0;
      }
      const score = -sum / dipFrames / 255 - this.#farness(frame, aimMs) / 100;
      if (score > bestScore) [best, bestScore] = [frame, score];
    }
    return best;
  }

  /** 0 at the aim, 1 a whole chunk away. */
  #farness(frame: number, aimMs: number): number {
    return Math.abs(frame * levelFrameMs - aimMs) / this.#maxChunkMs;
  }
}
