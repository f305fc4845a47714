import { ByteList } from './byte-list.ts';
import { pointsPerOverview } from './waveform-file.ts';

/** Collects the points of a waveform file: a point is what 10 ms of sound amount to. */
export class WaveformPoints {
  readonly #minMax = new ByteList();
  readonly #rms = new ByteList();
  readonly #overviews = new ByteList();
  readonly #overview = new Overview();

  get points(): number {
    return this.#rms.length;
  }

  /** The lowest and the highest sample, −1 to 1, and the mean of the squares. */
  push(lowest: number, highest: number, power: number): void {
    this.#minMax.push(toByte(lowest), toByte(highest));
    this.#rms.push(toRms(power));
    this.#overview.add(lowest, highest, power);
    if (this.points % pointsPerOverview === 0) this.#overviews.push(...this.#overview.take());
  }

  /** Closes what is open; nothing may be pushed afterwards. */
  finish(): { minMax: Uint8Array; rms: Uint8Array; overview: Uint8Array } {
    if (this.points % pointsPerOverview > 0) this.#overviews.push(...this.#overview.take());
    return { minMax: this.#minMax.bytes, rms: this.#rms.bytes, overview: this.#overviews.bytes };
  }
}

/** What the points since the last `take` amount to. */
class Overview {
  #lowest = Number.POSITIVE_INFINITY;
  #highest = Number.NEGATIVE_INFINITY;
  #power = 0;
  #points = 0;

  add(lowest: number, highest: number, power: number): void {
    this.#lowest = Math.min(this.#lowest, lowest);
    this.#highest = Math.max(this.#highest, highest);
    this.#power += power;
    this.#points += 1;
  }

  take(): [min: number, max: number, rms: number] {
    const taken: [number, number, number] = [
      toByte(this.#lowest),
      toByte(this.#highest),
      toRms(this.#power / Math.max(1, this.#points)),
    ];
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#highest = Number.NEGATIVE_INFINITY;
    this.#power = 0;
    this.#points = 0;
    return taken;
  }
}

/** Rounded down, as audiowaveform does: the least below zero stays visible as −1, and full scale becomes 127. */
function toByte(value: number): number {
  return Math.min(127, Math.max(-128, Math.floor(value * 128)));
}

function toRms(power: number): number {
  return Math.min(255, Math.round(Math.sqrt(power) * 255));
}
