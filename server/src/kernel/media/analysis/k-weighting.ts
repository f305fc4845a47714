/** A second-order filter, normalised so that a0 is 1. */
interface Biquad {
  b0: number;
  b1: number;
  b2: number;
  a1: number;
  a2: number;
}

/**
 * The two stages of the K-weighting (ITU-R BS.1770-4 annex 1) at any sample rate: the analogue prototypes of the
 * standard's 48 kHz coefficients, brought to the rate by the bilinear transform.
 */
function stagesAt(sampleRate: number): [Biquad, Biquad] {
  return [headShelf(sampleRate), highPass(sampleRate)];
}

function headShelf(sampleRate: number): Biquad {
  const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
  const q = 0.7071752369554196;
  const high = 10 ** (3.999843853973347 / 20);
  const band = high ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return {
    b0: (high + (band * k) / q + k * k) / a0,
    b1: (2 * (k * k - high)) / a0,
    b2: (high - (band * k) / q + k * k) / a0,
    a1: (2 * (k * k - 1)) / a0,
    a2: (1 - k / q + k * k) / a0,
  };
}

function highPass(sampleRate: number): Biquad {
  const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const q = 0.5003270373238773;
  const a0 = 1 + k / q + k * k;
  return { b0: 1, b1: -2, b2: 1, a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 };
}

/** The K-weighting of two channels side by side, which is as fast as one: each waits for its own last result. */
export class KWeighting {
  readonly #shelf: Biquad;
  readonly #pass: Biquad;
  /** What both stages remember of the past, two numbers each, for each side. */
  readonly #memory = new Float64Array(8);

  constructor(sampleRate: number) {
    [this.#shelf, this.#pass] = stagesAt(sampleRate);
  }

  /** The sum of squares of the weighted samples of both. Locals only: this runs for every sample of a recording. */
  energy(left: Float32Array, right: Float32Array): number {
    const { b0, b1, b2, a1, a2 } = this.#shelf;
    const { a1: c1, a2: c2 } = this.#pass;
    let [s1 = 0, s2 = 0, p1 = 0, p2 = 0, t1 = 0, t2 = 0, q1 = 0, q2 = 0] = this.#memory;
    let energy = 0;
    for (let index = 0; index < left.length; index++) {
      const x = left[index] ?? 0;
      const z = right[index] ?? 0;
      const shelvedX = b0 * x + s1;
      const shelvedZ = b0 * z + t1;
      s1 = b1 * x - a1 * shelvedX + s2;
      t1 = b1 * z - a1 * shelvedZ + t2;
      s2 = b2 * x - a2 * shelvedX;
      t2 = b2 * z - a2 * shelvedZ;
      const weightedX = shelvedX + p1;
      const weightedZ = shelvedZ + q1;
      p1 = p2 - 2 * shelvedX - c1 * weightedX;
      q1 = q2 - 2 * shelvedZ - c1 * weightedZ;
      p2 = shelvedX - c2 * weightedX;
      q2 = shelvedZ - c2 * weightedZ;
      energy += weightedX * weightedX + weightedZ * weightedZ;
    }
    this.#remember([s1, s2, p1, p2, t1, t2, q1, q2]);
    return energy;
  }

  /** Numbers near the smallest there are would make every later multiplication slow. */
  #remember(past: number[]): void {
    for (const [index, value] of past.entries()) this.#memory[index] = Math.abs(value) < 1e-30 ? 0 : value;
  }
}
