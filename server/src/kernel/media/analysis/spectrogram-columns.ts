const mostColumns = 1600;

/** Rows of the picture, from the lowest frequency up. */
export const spectrogramRows = 256;

/**
 * The columns of a picture of sound of unknown length, in 3 MB: when there are too many, each two become one. Frames
 * arrive at equal distances, `hop` samples; the distance may grow with the picture.
 */
export class SpectrogramColumns {
  readonly #powers = new Float32Array(mostColumns * spectrogramRows);
  readonly #open = new Float32Array(spectrogramRows);
  #inOpen = 0;
  count = 0;
  /** Samples that a column stands for. */
  span: number;

  constructor(span: number) {
    this.span = span;
  }

  /** A frame of powers by bin, which stands for so many samples (the column's span divided by a power of two). */
  add(powers: Float64Array, samples: number): void {
    const perRow = Math.max(1, (powers.length - 1) / spectrogramRows);
    for (let row = 0; row < spectrogramRows; row++) {
      let highest = 0;
      for (let bin = row * perRow; bin < (row + 1) * perRow; bin++) {
        const power = powers[bin] ?? 0;
        if (power > highest) highest = power;
      }
      this.#open[row] = (this.#open[row] ?? 0) + highest * samples;
    }
    this.#inOpen += samples;
    if (this.#inOpen >= this.span) this.#close();
  }

  /** Columns one after the other, each from the lowest frequency up; a last, shorter one included. */
  finish(): Float32Array {
    if (this.#inOpen > 0) this.#close();
    return this.#powers.subarray(0, this.count * spectrogramRows);
  }

  #close(): void {
    const at = this.count * spectrogramRows;
    for (let row = 0; row < spectrogramRows; row++) {
      this.#powers[at + row] = (this.#open[row] ?? 0) / this.#inOpen;
    }
    this.#open.fill(0);
    this.#inOpen = 0;
    this.count += 1;
    if (this.count === mostColumns) this.#halve();
  }

  #halve(): void {
    const half = this.count / 2;
    for (let column = 0; column < half; column++) {
      const from = 2 * column * spectrogramRows;
      for (let row = 0; row < spectrogramRows; row++) {
        const both = (this.#powers[from + row] ?? 0) + (this.#powers[from + spectrogramRows + row] ?? 0);
        this.#powers[column * spectrogramRows + row] = both / 2;
      }
    }
    this.count = half;
    this.span *= 2;
  }
}
