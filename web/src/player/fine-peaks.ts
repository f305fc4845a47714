import type { View } from './peaks.ts';

/**
 * The finest waveform is audiowaveform's `.dat` version 2 of the server: a header, two signed bytes (lowest, highest)
 * for each 10 ms, then a byte of RMS for each. Only the stretches on view are fetched.
 */
export const headerBytes = 24;
const pointsPerSecond = 100;
export const stretchSeconds = 300;
/** Further away than this the answers of `/waveform` have a point for each bar, and far fewer bytes. */
const widestViewSeconds = 600;
const coarsePoints = 10_000;
/** About as many bars as a wide page draws. */
const barsOnView = 400;

/** The part of the finest waveform that stands for a stretch of time. */
export interface FinePeaks {
  span: View;
  peaks: number[];
  rms: number[];
}

/** How many points there are, from the header; null when it is none that we read. */
export function pointsOf(header: ArrayBuffer): number | null {
  if (header.byteLength < headerBytes) return null;
  const view = new DataView(header);
  const isOurs =
    view.getInt32(0, true) === 2 && view.getUint32(4, true) === 1 && view.getInt32(20, true) === 1;
  return isOurs ? view.getUint32(16, true) : null;
}

/** True when the coarse answers would draw one point over several bars. */
export function needsFine(view: View, durationSeconds: number): boolean {
  const length = view.to - view.from;
  return length <= widestViewSeconds && length / barsOnView < durationSeconds / coarsePoints;
}

/** The stretches that a view touches, by number. */
export function stretchesOf(view: View): number[] {
  const first = Math.floor(Math.max(0, view.from) / stretchSeconds);
  const last = Math.floor(Math.max(0, view.to - 0.001) / stretchSeconds);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The bytes of a stretch: its peaks, then its RMS; ends are inclusive as in a Range. Null beyond the end. */
export function rangesOf(stretch: number, points: number) {
  const from = stretch * stretchSeconds * pointsPerSecond;
  const to = Math.min(points, from + stretchSeconds * pointsPerSecond);
  if (to <= from) return null;
  const rmsAt = headerBytes + points * 2;
  return {
    span: { from: from / pointsPerSecond, to: to / pointsPerSecond },
    peaks: [headerBytes + from * 2, headerBytes + to * 2 - 1] as const,
    rms: [rmsAt + from, rmsAt + to - 1] as const,
  };
}

/** Heights from bytes, 0 to 1. */
export function readFine(span: View, peakBytes: ArrayBuffer, rmsBytes: ArrayBuffer): FinePeaks {
  const bytes = new Int8Array(peakBytes);
  const peaks = Array.from(
    { length: bytes.length >> 1 },
    (_, point) => Math.max(Math.abs(bytes[point * 2] ?? 0), Math.abs(bytes[point * 2 + 1] ?? 0)) / 128,
  );
  return { span, peaks, rms: Array.from(new Uint8Array(rmsBytes), (value) => value / 255) };
}

/** Neighbouring stretches as one. */
export function joinFine(parts: readonly FinePeaks[]): FinePeaks | null {
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined) return null;
  return {
    span: { from: first.span.from, to: last.span.to },
    peaks: parts.flatMap(({ peaks }) => peaks),
    rms: parts.flatMap(({ rms }) => rms),
  };
}
