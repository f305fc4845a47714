import { segmentOf } from './postings.ts';

/** What single words are found by; made of the places when it is first asked for, since beginnings never do. */
interface Derived {
  /** Each segment once, ascending, with how often the word stands in it: {@link segmentOfRun}, {@link timesOfRun}. */
  runs: Int32Array;
  /** Those runs that say more than once. */
  repeats: Int32Array;
  /** The most often in one segment. */
  mostTimes: number;
  /** A bit for each segment up to the last; null where that would be mostly zeros. */
  bits: Int32Array | null;
}

/** Where one word stands in one document. Shared between searches: nothing of it is to be written to. */
export class Occurrences {
  /** Ascending. */
  readonly places: Int32Array;
  #derived: Derived | null = null;

  constructor(places: Int32Array) {
    this.places = places;
  }

  get derived(): Derived {
    this.#derived ??= derive(this.places);
    return this.#derived;
  }
}

/** What {@link Occurrences} take in memory, with all that is made of them. */
export const bytesOfOccurrences = ({ places }: Occurrences): number => BYTES_AN_ENTRY + 2 * places.byteLength;

/** Objects and arrays by themselves. */
const BYTES_AN_ENTRY = 640;
const TIMES_BITS = 8;
const MOST_TIMES = (1 << TIMES_BITS) - 1;
/** Segments for each one with the word up to which bits are kept. */
const SPARSE = 32;

export const segmentOfRun = (run: number): number => run >>> TIMES_BITS;
export const timesOfRun = (run: number): number => run & MOST_TIMES;

/** The runs of ascending places, written to the beginning of `runs`; answers how many. */
export function writeRuns(places: Int32Array, count: number, runs: Int32Array): number {
  let found = 0;
  let i = 0;
  while (i < count) {
    const segment = segmentOf(places[i] ?? 0);
    const from = i;
    while (++i < count && segmentOf(places[i] ?? 0) === segment);
    runs[found++] = (segment << TIMES_BITS) | Math.min(i - from, MOST_TIMES);
  }
  return found;
}

function derive(places: Int32Array): Derived {
  const room = new Int32Array(places.length);
  const runs = room.slice(0, writeRuns(places, places.length, room));
  const repeats = runs.filter((run) => timesOfRun(run) > 1);
  let mostTimes = runs.length === 0 ? 0 : 1;
  for (const run of repeats) mostTimes = Math.max(mostTimes, timesOfRun(run));
  const last = segmentOfRun(runs.at(-1) ?? 0);
  return { runs, repeats, mostTimes, bits: last > SPARSE * runs.length ? null : bitsOf(runs, last) };
}

function bitsOf(runs: Int32Array, last: number): Int32Array {
  const bits = new Int32Array((last >>> 5) + 1);
  for (const run of runs) {
    const segment = segmentOfRun(run);
    bits[segment >>> 5] = (bits[segment >>> 5] ?? 0) | (1 << (segment & 31));
  }
  return bits;
}
