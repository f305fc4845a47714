/** Four values per sample, the middle of twelve neighbours (ITU-R BS.1770-4 annex 2). */
const taps = 12;
const phaseA = Float64Array.of(
  0.001708984375,
  0.010986328125,
  -0.0196533203125,
  0.033203125,
  -0.0594482421875,
  0.1373291015625,
  0.97216796875,
  -0.102294921875,
  0.047607421875,
  -0.026611328125,
  0.014892578125,
  -0.00830078125,
);
const phaseB = Float64Array.of(
  -0.0291748046875,
  0.029296875,
  -0.0517578125,
  0.089111328125,
  -0.16650390625,
  0.465087890625,
  0.77978515625,
  -0.2003173828125,
  0.1015625,
  -0.0582275390625,
  0.0330810546875,
  -0.0189208984375,
);
/** No value between samples is more than this times the highest of the twelve around it. */
const mostOvershoot = Math.max(sumOfMagnitudes(phaseA), sumOfMagnitudes(phaseB));

/**
 * The highest value between samples of one channel. Exact, and cheap for most sound: where no sample of the
 * neighbourhood is high enough to exceed the peak so far, nothing is interpolated.
 */
export class TruePeak {
  #peak = 0;
  #samplePeak = 0;
  /** The last samples of the block before, then the present block. */
  #line = new Float64Array(taps - 1);

  get peak(): number {
    return Math.max(this.#peak, this.#samplePeak);
  }

  get samplePeak(): number {
    return this.#samplePeak;
  }

  /** `highest` is the greatest magnitude in the block. */
  push(samples: Float32Array, highest: number): void {
    if (highest > this.#samplePeak) this.#samplePeak = highest;
    const past = this.#line.slice(-(taps - 1));
    if (this.#line.length !== samples.length + taps - 1) {
      this.#line = new Float64Array(samples.length + taps - 1);
    }
    this.#line.set(past);
    this.#line.set(samples, taps - 1);
    this.#interpolate(this.#line);
  }

  #interpolate(line: Float64Array): void {
    let peak = this.peak;
    let threshold = peak / mostOvershoot;
    let lastHigh = -taps;
    for (let index = 0; index < line.length; index++) {
      if (Math.abs(line[index] ?? 0) > threshold) lastHigh = index;
      if (index - lastHigh >= taps || index < taps - 1) continue;
      const value = highestAround(line, index);
      if (value <= peak) continue;
      peak = value;
      threshold = peak / mostOvershoot;
    }
    this.#peak = peak;
  }
}

function highestAround(line: Float64Array, end: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let tap = 0; tap < taps; tap++) {
    const sample = line[end - tap] ?? 0;
    a += sample * (phaseA[tap] ?? 0);
    b += sample * (phaseB[tap] ?? 0);
    // The other two are the mirror images of these.
    c += sample * (phaseB[taps - 1 - tap] ?? 0);
    d += sample * (phaseA[taps - 1 - tap] ?? 0);
  }
  return Math.max(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d));
}

function sumOfMagnitudes(values: Float64Array): number {
  return values.reduce((sum, value) => sum + Math.abs(value), 0);
}
