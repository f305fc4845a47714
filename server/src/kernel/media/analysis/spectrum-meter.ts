import { guessBandLimit } from './band-limit.ts';
import { Fft } from './fft.ts';
import { SpectrogramColumns } from './spectrogram-columns.ts';

/** Below the centroid lies half of what one hears of brightness; below the roll-off, this share of the energy. */
const rolloffShare = 0.85;
/** Middles of third-octave bands (IEC 61260), from 25 Hz up. */
const lowestBandHz = 25;
/** Frame lengths from one frame to the next, at most. */
const widestStep = 4;

/** The level of a third-octave band: mean square relative to full scale, in decibels; null for nothing at all. */
export interface BandLevel {
  centreHz: number;
  levelDb: number | null;
}

/** The mean spectrum of a sound in figures; null for silence. */
export interface Spectrum {
  centroidHz: number | null;
  /** Standard deviation around the centroid. */
  bandwidthHz: number | null;
  /** 85 % of the energy is below. */
  rolloffHz: number | null;
  /** Where the sound was cut off; null when it reaches half the sample rate. */
  bandLimitHz: number | null;
  bands: BandLevel[];
}

/**
 * The mean spectrum and the picture of a sound. Two channels go into one transform, as its real and imaginary part:
 * the powers of both are the mean of the powers at mirrored bins, and nothing cancels.
 */
export class SpectrumMeter {
  readonly #sampleRate: number;
  readonly #fft: Fft;
  readonly #window: Float64Array;
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #frame: Float64Array;
  readonly #sum: Float64Array;
  readonly #scale: number;
  readonly columns: SpectrogramColumns;
  #filled = 0;
  #toSkip = 0;
  #hop: number;
  #samples = 0;

  constructor(sampleRate: number, channels: number) {
    const size = sampleRate >= 32_000 ? 2048 : sampleRate >= 16_000 ? 1024 : 512;
    this.#sampleRate = sampleRate;
    this.#fft = new Fft(size);
    this.#window = Float64Array.from(
      { length: size },
      (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size),
    );
    [this.#left, this.#right, this.#re, this.#im] = [zeros(size), zeros(size), zeros(size), zeros(size)];
    [this.#frame, this.#sum] = [zeros(size / 2 + 1), zeros(size / 2 + 1)];
    const squares = this.#window.reduce((sum, value) => sum + value * value, 0);
    // One-sided, as mean squares: the bins of a frame add up to the mean power of its channels.
    this.#scale = 1 / (size * squares * channels);
    this.#hop = size / 4;
    this.columns = new SpectrogramColumns(this.#hop);
  }

  push([left, right]: readonly Float32Array[]): void {
    if (!left) return;
    for (let from = this.#skip(left.length); from < left.length; from += this.#skip(left.length - from)) {
      const count = Math.min(left.length - from, this.#fft.size - this.#filled);
      this.#left.set(left.subarray(from, from + count), this.#filled);
      if (right) this.#right.set(right.subarray(from, from + count), this.#filled);
      this.#filled += count;
      from += count;
      if (this.#filled === this.#fft.size) this.#measure();
    }
  }

  /** How many of the next samples lie between two frames. */
  #skip(available: number): number {
    const skipped = Math.min(available, this.#toSkip);
    this.#toSkip -= skipped;
    return skipped;
  }

  /** Nothing may be pushed afterwards. */
  result(): Spectrum {
    if (this.#samples === 0 && this.#filled > 0) {
      this.#left.fill(0, this.#filled);
      this.#right.fill(0, this.#filled);
      this.#measure();
    }
    const powers = this.#sum.map((sum) => sum / Math.max(1, this.#samples));
    return describe(powers, this.#sampleRate / this.#fft.size);
  }

  #measure(): void {
    const { size } = this.#fft;
    weigh(this.#left, this.#window, this.#re);
    weigh(this.#right, this.#window, this.#im);
    this.#fft.transform(this.#re, this.#im);
    powersOf(this.#re, this.#im, this.#frame);
    const hop = this.#hop;
    for (let bin = 0; bin <= size / 2; bin++) {
      const power = (this.#frame[bin] ?? 0) * this.#scale;
      this.#frame[bin] = power;
      this.#sum[bin] = (this.#sum[bin] ?? 0) + power * hop;
    }
    this.#samples += hop;
    this.columns.add(this.#frame, hop);
    this.#advance();
  }

  /**
   * Once the picture is coarser than a step, wider steps show the same: up to one frame after the other, and for long
   * sound one frame in four, of which a column then holds sixteen.
   */
  #advance(): void {
    const { size } = this.#fft;
    const kept = Math.max(0, size - this.#hop);
    this.#left.copyWithin(0, size - kept);
    this.#right.copyWithin(0, size - kept);
    this.#filled = kept;
    this.#toSkip = Math.max(0, this.#hop - size);
    const framesPerColumn = this.columns.span / this.#hop;
    const isCoarse = this.#hop < size ? framesPerColumn > 1 : framesPerColumn >= 32;
    if (isCoarse && this.#hop < size * widestStep) this.#hop *= 2;
  }
}

function weigh(samples: Float64Array, window: Float64Array, target: Float64Array): void {
  for (let n = 0; n < window.length; n++) target[n] = (samples[n] ?? 0) * (window[n] ?? 0);
}

/** Powers at each bin and at its mirror image together; the first and the last bin have none. */
function powersOf(re: Float64Array, im: Float64Array, powers: Float64Array): void {
  const size = re.length;
  for (let bin = 1; bin < size / 2; bin++) {
    const a = re[bin] ?? 0;
    const b = im[bin] ?? 0;
    const c = re[size - bin] ?? 0;
    const d = im[size - bin] ?? 0;
    powers[bin] = a * a + b * b + c * c + d * d;
  }
  for (const bin of [0, size / 2]) {
    const a = re[bin] ?? 0;
    const b = im[bin] ?? 0;
    powers[bin] = a * a + b * b;
  }
}

const zeros = (length: number) => new Float64Array(length);

function describe(powers: Float64Array, binHz: number): Spectrum {
  // The lowest bins hold a constant offset and what a window makes of it.
  const heard = powers.map((power, bin) => (bin < 2 ? 0 : power));
  const total = heard.reduce((sum, power) => sum + power, 0);
  const bands = bandsOf(powers, binHz);
  if (!(total > 1e-12)) {
    return { centroidHz: null, bandwidthHz: null, rolloffHz: null, bandLimitHz: null, bands };
  }
  const centroid = heard.reduce((sum, power, bin) => sum + power * bin, 0) / total;
  const spread = heard.reduce((sum, power, bin) => sum + power * (bin - centroid) ** 2, 0) / total;
  return {
    centroidHz: centroid * binHz,
    bandwidthHz: Math.sqrt(spread) * binHz,
    rolloffHz: rolloffBin(heard, total) * binHz,
    bandLimitHz: guessBandLimit(heard, binHz),
    bands,
  };
}

function rolloffBin(powers: Float64Array, total: number): number {
  let left = total * rolloffShare;
  for (let bin = 0; bin < powers.length; bin++) {
    left -= powers[bin] ?? 0;
    if (left <= 0) return bin;
  }
  return powers.length - 1;
}

/** Bands narrower than a bin take their share of it. */
function bandsOf(powers: Float64Array, binHz: number): BandLevel[] {
  const bands: BandLevel[] = [];
  for (let step = 0; ; step++) {
    const centreHz = lowestBandHz * 2 ** (step / 3);
    const [low, high] = [centreHz * 2 ** (-1 / 6), centreHz * 2 ** (1 / 6)];
    if (high > (powers.length - 1) * binHz) return bands;
    let power = 0;
    for (let bin = Math.round(low / binHz); bin <= Math.round(high / binHz); bin++) {
      const overlap = Math.min(high, (bin + 0.5) * binHz) - Math.max(low, (bin - 0.5) * binHz);
      power += (powers[bin] ?? 0) * Math.max(0, overlap / binHz);
    }
    bands.push({ centreHz, levelDb: power > 1e-15 ? 10 * Math.log10(power) : null });
  }
}
