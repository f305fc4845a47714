/** Values beyond this (60 dB above full scale) and those that are no numbers are damage, not sound. */
const loudestValue = 1000;

/** Ten milliseconds of one channel or two, with what a single pass over them tells. */
export class SampleBlock {
  readonly channels: readonly Float32Array[];
  /** Of both channels together: the samples are −1 to 1, and beyond where a codec overshoots. */
  lowest = 0;
  highest = 0;
  readonly magnitude = new Float64Array(2);
  readonly sum = new Float64Array(2);
  readonly squares = new Float64Array(2);
  /** Sum of the products of left and right. */
  product = 0;
  /** Samples that were no numbers, or none that sound can have; they became 0. */
  invalid = 0;
  readonly #lowest = new Float64Array(2);
  readonly #highest = new Float64Array(2);

  constructor(length: number, channels: number) {
    this.channels = Array.from({ length: channels }, () => new Float32Array(length));
  }

  /** Takes interleaved samples from `at` on, as many as the block has. Locals only: every sample passes here. */
  fill(samples: Float32Array, at: number): void {
    const [left, right] = this.channels;
    if (!left) return;
    this.invalid = 0;
    const width = this.channels.length;
    for (const [channel, plain] of this.channels.entries()) this.#fillOne(plain, channel, samples, at);
    this.lowest = Math.min(this.#lowest[0] ?? 0, this.#lowest[width - 1] ?? 0);
    this.highest = Math.max(this.#highest[0] ?? 0, this.#highest[width - 1] ?? 0);
    this.product = right ? productOf(left, right) : (this.squares[0] ?? 0);
  }

  #fillOne(plain: Float32Array, channel: number, samples: Float32Array, from: number): void {
    const width = this.channels.length;
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    let sum = 0;
    let squares = 0;
    let invalid = 0;
    for (let index = 0, at = from + channel; index < plain.length; index++, at += width) {
      let value = samples[at] ?? 0;
      if (!(value >= -loudestValue && value <= loudestValue)) {
        value = 0;
        invalid += 1;
      }
      plain[index] = value;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
      sum += value;
      squares += value * value;
    }
    this.#lowest[channel] = lowest;
    this.#highest[channel] = highest;
    this.magnitude[channel] = Math.max(-lowest, highest);
    this.sum[channel] = sum;
    this.squares[channel] = squares;
    this.invalid += invalid;
  }
}

function productOf(left: Float32Array, right: Float32Array): number {
  let product = 0;
  for (let index = 0; index < left.length; index++) product += (left[index] ?? 0) * (right[index] ?? 0);
  return product;
}
