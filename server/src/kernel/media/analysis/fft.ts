/** A fast Fourier transform of complex numbers, of one size (a power of two, at least 4), in place. */
export class Fft {
  readonly size: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  /** Pairs of places whose bits are each other's reverse. */
  readonly #swaps: Uint16Array;

  constructor(size: number) {
    this.size = size;
    this.#cos = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / size));
    this.#swaps = swapsOf(size);
  }

  transform(re: Float64Array, im: Float64Array): void {
    swap(re, this.#swaps);
    swap(im, this.#swaps);
    quarterTurns(re, im);
    for (let half = 4; half < this.size; half *= 2) combine(re, im, this.#cos, this.#sin, half);
  }
}

// Small functions of plain variables: the compiler makes half as fast code of one large method.

function swap(values: Float64Array, swaps: Uint16Array): void {
  for (let pair = 0; pair < swaps.length; pair += 2) {
    const i = swaps[pair] ?? 0;
    const j = swaps[pair + 1] ?? 0;
    const kept = values[i] ?? 0;
    values[i] = values[j] ?? 0;
    values[j] = kept;
  }
}

/** The first two steps, in groups of four, which turn by quarters only: no multiplication. */
function quarterTurns(re: Float64Array, im: Float64Array): void {
  for (let i = 0; i < re.length; i += 4) {
    const sumA = (re[i] ?? 0) + (re[i + 1] ?? 0);
    const sumB = (re[i + 2] ?? 0) + (re[i + 3] ?? 0);
    const differenceA = (re[i] ?? 0) - (re[i + 1] ?? 0);
    const differenceB = (re[i + 2] ?? 0) - (re[i + 3] ?? 0);
    const sumC = (im[i] ?? 0) + (im[i + 1] ?? 0);
    const sumD = (im[i + 2] ?? 0) + (im[i + 3] ?? 0);
    const differenceC = (im[i] ?? 0) - (im[i + 1] ?? 0);
    const differenceD = (im[i + 2] ?? 0) - (im[i + 3] ?? 0);
    re[i] = sumA + sumB;
    im[i] = sumC + sumD;
    re[i + 1] = differenceA + differenceD;
    im[i + 1] = differenceC - differenceB;
    re[i + 2] = sumA - sumB;
    im[i + 2] = sumC - sumD;
    re[i + 3] = differenceA - differenceD;
    im[i + 3] = differenceC + differenceB;
  }
}

/** Joins transforms of `half` values, two by two. */
function combine(
  re: Float64Array,
  im: Float64Array,
  cos: Float64Array,
  sin: Float64Array,
  half: number,
): void {
  const stride = cos.length / half;
  for (let start = 0; start < re.length; start += 2 * half) {
    let turn = 0;
    for (let i = start; i < start + half; i++) {
      const j = i + half;
      const c = cos[turn] ?? 0;
      const s = sin[turn] ?? 0;
      turn += stride;
      const rj = re[j] ?? 0;
      const mj = im[j] ?? 0;
      const r = rj * c + mj * s;
      const m = mj * c - rj * s;
      const ri = re[i] ?? 0;
      const mi = im[i] ?? 0;
      re[j] = ri - r;
      im[j] = mi - m;
      re[i] = ri + r;
      im[i] = mi + m;
    }
  }
}

function swapsOf(size: number): Uint16Array {
  const bits = Math.log2(size);
  const pairs: number[] = [];
  for (let i = 0; i < size; i++) {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) reversed |= ((i >> bit) & 1) << (bits - 1 - bit);
    if (i < reversed) pairs.push(i, reversed);
  }
  return Uint16Array.from(pairs);
}
