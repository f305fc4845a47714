/** Fewer samples in a row at full scale happen in sound that is whole. */
const shortestRun = 3;
/** Runs this near to one another are one place to listen to. */
const firstGapMs = 500;
const mostPlaces = 500;

/** Where runs of samples lie at full scale. */
export interface ClippedPlace {
  startMs: number;
  endMs: number;
  runs: number;
}

/** Samples cut off at full scale. */
export interface Clipping {
  runs: number;
  samples: number;
  /** In order of time; runs near one another are told as one place. */
  places: ClippedPlace[];
}

/** The highest magnitude that a codec can hold, below which nothing is cut off. */
export function fullScaleOf(codec: string): number {
  if (/^pcm_[us]8/.test(codec)) return 126.5 / 128;
  if (codec === 'pcm_mulaw') return 32_123.5 / 32_768;
  if (codec === 'pcm_alaw') return 32_255.5 / 32_768;
  return 32_766.5 / 32_768;
}

/** Runs at full scale in all channels, in bounded memory. */
export class ClippingFinder {
  readonly #fullScale: number;
  readonly #samplesPerMs: number;
  readonly #runLength: number[];
  #places: ClippedPlace[] = [];
  #gapMs = firstGapMs;
  #runs = 0;
  #samples = 0;

  constructor(sampleRate: number, channels: number, fullScale: number) {
    this.#fullScale = fullScale;
    this.#samplesPerMs = sampleRate / 1000;
    this.#runLength = new Array(channels).fill(0);
  }

  /** `highest` is the greatest magnitude of the block: most blocks need no look at their samples. */
  push(channel: number, samples: Float32Array, highest: number, firstSample: number): void {
    let run = this.#runLength[channel] ?? 0;
    if (run === 0 && highest < this.#fullScale) return;
    for (let index = 0; index < samples.length; index++) {
      if (Math.abs(samples[index] ?? 0) >= this.#fullScale) {
        run += 1;
      } else if (run > 0) {
        this.#close(run, firstSample + index);
        run = 0;
      }
    }
    this.#runLength[channel] = run;
  }

  /** `totalSamples` is where a run ends that reaches the end. */
  result(totalSamples: number): Clipping {
    for (const run of this.#runLength) this.#close(run, totalSamples);
    return { runs: this.#runs, samples: this.#samples, places: this.#places };
  }

  #close(run: number, end: number): void {
    if (run < shortestRun) return;
    this.#runs += 1;
    this.#samples += run;
    const startMs = Math.floor((end - run) / this.#samplesPerMs);
    this.#places.push({ startMs, endMs: Math.ceil(end / this.#samplesPerMs), runs: 1 });
    this.#join();
    while (this.#places.length > mostPlaces) {
      this.#gapMs *= 2;
      this.#joinAll();
    }
  }

  /** Only the last two places can have come near to one another. */
  #join(): void {
    const last = this.#places.at(-1);
    const before = this.#places.at(-2);
    if (!last || !before || last.startMs - before.endMs > this.#gapMs) return;
    before.endMs = Math.max(before.endMs, last.endMs);
    before.startMs = Math.min(before.startMs, last.startMs);
    before.runs += last.runs;
    this.#places.pop();
  }

  #joinAll(): void {
    const places = this.#places;
    this.#places = [];
    for (const place of places) {
      this.#places.push(place);
      this.#join();
    }
  }
}
