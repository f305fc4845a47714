/** How segments of a file are packed: fragments of MP4, or bare MPEG audio frames behind a time stamp. */
export type Packaging = 'fmp4' | 'mp3';

/**
 * Where the segments of one file of sound lie: frame by frame exact, some 20 bytes a segment. Entry `i` of a table is
 * where segment `i` begins, and the entry past the last segment is the end, so that each table has one more.
 */
export interface SegmentIndex {
  packaging: Packaging;
  /** RFC 6381 name for CODECS, e.g. `mp4a.40.2`. */
  codecs: string;
  /** Units of every time here to the second: the sample rate. */
  timescale: number;
  /** Units of encoder delay at the file's beginning: what comes before the first sample of the sound. */
  primingUnits: number;
  /** Decode time, from the first frame on. */
  startUnits: Float64Array;
  /** Number of frames before. */
  firstFrame: Uint32Array;
  /** Offset in the file. */
  byteOffset: Float64Array;
}

/** Target length of a segment. RFC 8216 leaves it open; players buffer well at six seconds. */
export const SEGMENT_SECONDS = 6;
/** A last segment shorter than this belongs to the one before it: not worth a request. */
const SHORTEST_TAIL_SECONDS = 0.5;

export function segmentCount(index: SegmentIndex): number {
  return index.startUnits.length - 1;
}

/** About how much memory an index takes. */
export function indexBytes({ startUnits, firstFrame, byteOffset }: SegmentIndex): number {
  return 512 + startUnits.byteLength + firstFrame.byteLength + byteOffset.byteLength;
}

/**
 * When segment `i` is heard, in seconds from the beginning of the sound; of `segmentCount`, the end. An MP4's edit list
 * hides the encoder's delay, bare frames have nothing to hide it with.
 */
export function heardAtSeconds(index: SegmentIndex, i: number): number {
  const hidden = index.packaging === 'fmp4' ? index.primingUnits : 0;
  return Math.max(0, (index.startUnits[i] ?? 0) - hidden) / index.timescale;
}

/**
 * Cuts frames as they come into segments: each begins with the first frame that is heard at or after a multiple of the
 * target, so that lengths never drift.
 */
export class SegmentCutter {
  readonly #startUnits: number[] = [];
  readonly #firstFrame: number[] = [];
  readonly #byteOffset: number[] = [];
  readonly #stepUnits: number;
  #nextCut: number;
  #units = 0;
  #frames = 0;
  #offset: number;

  /** `hiddenUnits` come before the sound and are not heard; `offset` is where the first frame lies. */
  constructor(timescale: number, hiddenUnits: number, offset: number) {
    this.#stepUnits = SEGMENT_SECONDS * timescale;
    this.#nextCut = hiddenUnits + this.#stepUnits;
    this.#offset = offset;
    this.#mark();
  }

  /** Where the next frame has to begin. */
  get offset(): number {
    return this.#offset;
  }

  get frames(): number {
    return this.#frames;
  }

  add(sizeBytes: number, durationUnits: number): void {
    if (this.#units >= this.#nextCut) {
      this.#mark();
      this.#nextCut += this.#stepUnits;
    }
    this.#frames++;
    this.#units += durationUnits;
    this.#offset += sizeBytes;
  }

  /** The tables, complete with the end. */
  finish(): Pick<SegmentIndex, 'startUnits' | 'firstFrame' | 'byteOffset'> {
    const lastUnits = this.#units - (this.#startUnits.at(-1) ?? 0);
    const isTail = lastUnits < (SHORTEST_TAIL_SECONDS / SEGMENT_SECONDS) * this.#stepUnits;
    if (isTail && this.#startUnits.length > 1) {
      for (const table of [this.#startUnits, this.#firstFrame, this.#byteOffset]) table.pop();
    }
    this.#mark();
    return {
      startUnits: Float64Array.from(this.#startUnits),
      firstFrame: Uint32Array.from(this.#firstFrame),
      byteOffset: Float64Array.from(this.#byteOffset),
    };
  }

  #mark(): void {
    this.#startUnits.push(this.#units);
    this.#firstFrame.push(this.#frames);
    this.#byteOffset.push(this.#offset);
  }
}
