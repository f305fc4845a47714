/** A stretch of a file on the host. */
export interface ByteStretch {
  start: number;
  length: number;
}

/** AES-128 in CBC, as HLS has it. */
export interface SegmentKey {
  address: string;
  iv: Buffer;
}

/** One piece to fetch; addresses are whole. */
export interface Segment {
  address: string;
  stretch: ByteStretch | null;
  key: SegmentKey | null;
}

/** Pieces that are one file when put behind one another: one codec, one clock. */
export interface SegmentRun {
  init: Segment | null;
  segments: Segment[];
}

/** A sound in pieces, from an HLS or a DASH list. */
export interface SegmentedSound {
  via: 'hls' | 'dash';
  runs: SegmentRun[];
  durationMs: number;
}

/** A week, as for files: longer ones lie. */
export const longestMs = 7 * 24 * 3_600_000;
/** Twelve hours in seconds' pieces, twice. */
export const mostSegments = 100_000;

/** How many pieces there are to fetch. */
export function countSegments({ runs }: Pick<SegmentedSound, 'runs'>): number {
  return runs.reduce((sum, { init, segments }) => sum + segments.length + (init === null ? 0 : 1), 0);
}
