import { pcmRate } from './decode-pcm.ts';

/** What one level stands for. */
export const levelFrameMs = 20;
/** A level of 0 is this or quieter, in decibels below full scale; each step is half a decibel. */
const quietestDb = -100;
const stepsPerDb = 2;

/** The byte that stands for a loudness in decibels relative to full scale. */
export function levelOf(db: number): number {
  return Math.round(Math.min(255, Math.max(0, (db - quietestDb) * stepsPerDb)));
}

/** A difference of decibels in the unit of levels. */
export function levelSpan(db: number): number {
  return db * stepsPerDb;
}

/** Reduces samples to one byte of loudness per 20 ms: 2 MB for 12 hours. A constant offset is no loudness. */
export class SpeechLevels {
  readonly #samplesPerFrame: number;
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;
  #sum = 0;
  #squares = 0;
  #samples = 0;

  constructor(sampleRate = pcmRate) {
    this.#samplesPerFrame = (sampleRate * levelFrameMs) / 1000;
  }

  push(samples: Int16Array): void {
    for (let begin = 0; begin < samples.length; ) {
      const end = Math.min(samples.length, begin + this.#samplesPerFrame - this.#samples);
      this.#add(samples, begin, end);
      if (this.#samples === this.#samplesPerFrame) this.#close();
      begin = end;
    }
  }

  /** Closes a last, shorter frame; nothing may be pushed afterwards. */
  finish(): Uint8Array {
    if (this.#samples > 0) this.#close();
    return this.#bytes.subarray(0, this.#length);
  }

  /** The loop over every sample: locals only. */
  #add(samples: Int16Array, begin: number, end: number): void {
    let sum = 0;
    let squares = 0;
    for (let index = begin; index < end; index++) {
      const sample = samples[index] ?? 0;
      sum += sample;
      squares += sample * sample;
    }
    this.#sum += sum;
    this.#squares += squares;
    this.#samples += end - begin;
  }

  #close(): void {
    const mean = this.#sum / this.#samples;
    const power = Math.max(0, this.#squares / this.#samples - mean * mean) / 32_768 ** 2;
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = levelOf(power === 0 ? Number.NEGATIVE_INFINITY : 10 * Math.log10(power));
    this.#sum = 0;
    this.#squares = 0;
    this.#samples = 0;
  }
}
