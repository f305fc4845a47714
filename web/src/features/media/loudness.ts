import type { Schema } from '@antenne/client';

export type Loudness = Schema<'Loudness'>;

/** What is wanted: EBU R 128 for the air; what players on the way are set to for listening online. LUFS. */
export const targets = { broadcast: -23, online: -16 } as const;
/** R 128 allows a live programme this much. */
const toleranceLu = 1;

/** Where a loudness stands against a target: how many LU too loud (positive), or 0 within the tolerance. */
export function distanceTo(target: number, lufs: number): number {
  const lu = lufs - target;
  return Math.abs(lu) <= toleranceLu ? 0 : lu;
}

/** What the picture spans, in LUFS. */
export const scale = { from: -41, to: -5 } as const;

/** A place on the picture, in percent from its left; beyond its ends it stays at them. */
export const placeOn = (lufs: number): number =>
  Math.min(100, Math.max(0, ((lufs - scale.from) / (scale.to - scale.from)) * 100));

/** Within the gate of EBU Tech 3342: pauses are not part of how the loudness varies. */
const gateBelowLu = 20;

/** Between which loudnesses most of it is: the tenth and the ninety-fifth of a hundred, as for the loudness range. */
export function usualSpan({ integrated_lufs: integrated, short_term: { lufs } }: Loudness) {
  if (integrated === null) return null;
  const heard = lufs.filter((each) => each !== null && each > integrated - gateBelowLu);
  const sorted = heard.map(Number).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? integrated;
  return { low: at(0.1), high: at(0.95) };
}

/** The curve as a table that spreadsheets read. */
export function curveAsCsv({ short_term: { seconds_per_point: step, lufs } }: Loudness): string {
  const rows = lufs.map((each, point) => `${point * step},${each ?? ''}`);
  return `${['seconds,short_term_lufs', ...rows].join('\r\n')}\r\n`;
}
