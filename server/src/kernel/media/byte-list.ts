/** A list of bytes that grows by doubling: 12 hours of points are some millions. */
export class ByteList {
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
