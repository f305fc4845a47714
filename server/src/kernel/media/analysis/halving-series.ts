/**
 * Means over equal stretches of a series of unknown length, in bounded memory: when there are too many stretches, each
 * two become one of twice the length.
 */
export class HalvingSeries {
  readonly #most: number;
  #means: number[] = [];
  #sum = 0;
  #count = 0;
  /** How many values each mean stands for. */
  span = 1;

  /** `most` is even. */
  constructor(most: number) {
    this.#most = most;
  }

  push(value: number): void {
    this.#sum += value;
    this.#count += 1;
    if (this.#count < this.span) return;
    this.#means.push(this.#sum / this.#count);
    this.#sum = 0;
    this.#count = 0;
    if (this.#means.length >= this.#most) this.#halve();
  }

  /** The means so far, and that of a last, shorter stretch. */
  values(): number[] {
    return this.#count === 0 ? this.#means : [...this.#means, this.#sum / this.#count];
  }

  #halve(): void {
    const halved: number[] = [];
    for (let index = 0; index + 1 < this.#means.length; index += 2) {
      halved.push(((this.#means[index] ?? 0) + (this.#means[index + 1] ?? 0)) / 2);
    }
    this.#means = halved;
    this.span *= 2;
  }
}
