/** Loudness of a mean square of K-weighted samples summed over channels, in LUFS (BS.1770-4). */
export function toLufs(energy: number): number {
  return -0.691 + 10 * Math.log10(energy);
}

/** BS.1770: blocks below this count as silence. */
const absoluteGate = -70;
const loudest = 100;
const binsPerLu = 100;

/**
 * Blocks louder than the absolute gate, by loudness in hundredths of a LU with their exact energies: the gates of
 * EBU R128 for any length of sound in the same 270 kB.
 */
export class GatedHistogram {
  readonly #counts = new Float64Array((loudest - absoluteGate) * binsPerLu);
  readonly #energies = new Float64Array((loudest - absoluteGate) * binsPerLu);
  #count = 0;
  #energy = 0;

  add(energy: number): void {
    const lufs = toLufs(energy);
    if (!(lufs > absoluteGate)) return;
    const bin = binOf(lufs);
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
    this.#energies[bin] = (this.#energies[bin] ?? 0) + energy;
    this.#count += 1;
    this.#energy += energy;
  }

  /** Mean loudness of the blocks at most 10 LU below the ungated mean; null when nothing is above the gate. */
  integrated(): number | null {
    if (this.#count === 0) return null;
    let count = 0;
    let energy = 0;
    for (let bin = this.#relativeGate(10); bin < this.#counts.length; bin++) {
      count += this.#counts[bin] ?? 0;
      energy += this.#energies[bin] ?? 0;
    }
    return toLufs(energy / count);
  }

  /** From the 10th to the 95th percentile of what is at most 20 LU below the mean (EBU Tech 3342); 0 for nothing. */
  range(): number {
    if (this.#count === 0) return 0;
    const gate = this.#relativeGate(20);
    let count = 0;
    for (let bin = gate; bin < this.#counts.length; bin++) count += this.#counts[bin] ?? 0;
    return this.#percentile(gate, (count - 1) * 0.95) - this.#percentile(gate, (count - 1) * 0.1);
  }

  #relativeGate(belowLu: number): number {
    return binOf(Math.max(absoluteGate, toLufs(this.#energy / this.#count) - belowLu));
  }

  #percentile(from: number, rank: number): number {
    let left = Math.round(rank);
    for (let bin = from; bin < this.#counts.length; bin++) {
      left -= this.#counts[bin] ?? 0;
      if (left < 0) return absoluteGate + (bin + 0.5) / binsPerLu;
    }
    return loudest;
  }
}

function binOf(lufs: number): number {
  return Math.min(
    (loudest - absoluteGate) * binsPerLu - 1,
    Math.max(0, Math.floor((lufs - absoluteGate) * binsPerLu)),
  );
}
