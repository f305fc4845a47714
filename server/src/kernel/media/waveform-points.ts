import { pointsPerOverview, samplesPerPoint } from './waveform-file.ts';

/** A list of bytes that grows by doubling: 12 hours are 4.3 million points. */
class ByteList {
  #bytes = new Uint8Array(64 * 1024);
  length = 0;

  push(...values: number[]): void {
    if (this.length + values.length > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    for (const value of values) this.#bytes[this.length++] = value;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}

/** Lowest, highest and squares of the samples since the last `take`. */
class Span {
  lowest = 32_767;
  highest = -32_768;
  squares = 0;
  samples = 0;

  take(): [min: number, max: number, rms: number] {
    const loudness = Math.sqrt(this.squares / Math.max(1, this.samples)) / 32_768;
    // Shifting floors, as audiowaveform does: −1 stays visible as −1, and 32,767 becomes 127.
    const taken: [number, number, number] = [this.lowest >> 8, this.highest >> 8, Math.round(loudness * 255)];
    this.lowest = 32_767;
    this.highest = -32_768;
    this.squares = 0;
    this.samples = 0;
    return taken;
  }
}

/** Reduces samples to the points of a waveform file, in any portions. */
export class WaveformPoints {
  readonly #fine = new Span();
  readonly #overview = new Span();
  readonly #minMax = new ByteList();
  readonly #rms = new ByteList();
  readonly #overviews = new ByteList();
  samples = 0;

  get points(): number {
    return this.#rms.length;
  }

  push(samples: Int16Array): void {
    for (let begin = 0; begin < samples.length; ) {
      const end = Math.min(samples.length, begin + samplesPerPoint - this.#fine.samples);
      this.#add(samples, begin, end);
      if (this.#fine.samples === samplesPerPoint) this.#closePoint();
      begin = end;
    }
    this.samples += samples.length;
  }

  /** Closes what is open; nothing may be pushed afterwards. */
  finish(): { minMax: Uint8Array; rms: Uint8Array; overview: Uint8Array } {
    if (this.#fine.samples > 0) this.#closePoint();
    if (this.#overview.samples > 0) this.#overviews.push(...this.#overview.take());
    return { minMax: this.#minMax.bytes, rms: this.#rms.bytes, overview: this.#overviews.bytes };
  }

  /** The loop over every sample: locals only. */
  #add(samples: Int16Array, begin: number, end: number): void {
    let { lowest, highest } = this.#fine;
    let squares = 0;
    for (let index = begin; index < end; index++) {
      const sample = samples[index] ?? 0;
      if (sample < lowest) lowest = sample;
      if (sample > highest) highest = sample;
      squares += sample * sample;
    }
    this.#fine.lowest = lowest;
    this.#fine.highest = highest;
    this.#fine.squares += squares;
    this.#fine.samples += end - begin;
  }

  #closePoint(): void {
    const { lowest, highest, squares, samples } = this.#fine;
    this.#overview.lowest = Math.min(this.#overview.lowest, lowest);
    this.#overview.highest = Math.max(this.#overview.highest, highest);
    this.#overview.squares += squares;
    this.#overview.samples += samples;
    const [min, max, rms] = this.#fine.take();
    this.#minMax.push(min, max);
    this.#rms.push(rms);
    if (this.points % pointsPerOverview === 0) this.#overviews.push(...this.#overview.take());
  }
}
