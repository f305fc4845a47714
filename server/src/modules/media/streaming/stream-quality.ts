import { type AudioFormat, bitrateOf } from '../renditions/rendition.ts';
import { type HlsQuality, isHlsQuality } from './hls-quality.ts';

/** What a client says of its line and itself (client hints, or a streaming session's capabilities). */
export interface ClientHints {
  saveData: boolean;
  /** Megabits per second; null when it says nothing. */
  downlinkMbps: number | null;
  /** Round trip in milliseconds. */
  rttMs: number | null;
  /** `slow-2g`, `2g`, `3g`, `4g`, or another word. */
  effectiveType: string | null;
  /** A small screen, and mostly a small speaker. */
  isPhone: boolean;
}

interface Choice {
  format: AudioFormat;
  quality: string;
}

/** kbit/s that each of the contract's qualities may take. */
export const MOST_KBPS: Readonly<Record<HlsQuality, number>> = {
  high: 320,
  medium: 192,
  low: 128,
  mobile: 96,
};
/** Of a line's rate for the sound: the rest is for what else goes over it. */
const SHARE = 0.5;
const LONG_RTT_MS = 400;
const LONGEST_RTT_MS = 1000;

/** True for a word that stands for a choice, where a bit rate names one file. */
export function isQualityWord(quality: string): boolean {
  const word = quality.toLowerCase();
  return word === 'auto' || isHlsQuality(word);
}

/**
 * A rendition for the contract's words (`high`, `medium`, `low`, `mobile`, `auto`) or a bit rate (`192k`, `192`); null
 * when an exact one is not there. Words take the best below their rate, else the smallest there is.
 */
export function chooseQuality<T extends Choice>(
  there: readonly T[],
  asked: string,
  hints: ClientHints,
  usualKbps: number,
): T | null {
  const word = asked.toLowerCase();
  if (isHlsQuality(word)) return atMost(there, MOST_KBPS[word]);
  if (word === 'auto') return atMost(there, affordableKbps(hints, usualKbps));
  const exact = /^\d+$/.test(word) ? `${word}k` : word;
  return there.find(({ quality }) => quality === exact) ?? null;
}

/** kbit/s that the client's line carries with ease; the recording's own when it says nothing. */
export function affordableKbps(hints: ClientHints, usualKbps: number): number {
  const { saveData, downlinkMbps, isPhone } = hints;
  if (saveData) return MOST_KBPS.mobile;
  const usual = usualKbps || MOST_KBPS.medium;
  const byLine = downlinkMbps === null ? usual : downlinkMbps * 1000 * SHARE;
  const byDevice = isPhone ? MOST_KBPS.medium : Number.POSITIVE_INFINITY;
  return Math.min(byLine, byDelay(hints), byDevice);
}

/** A line that answers slowly loses time with each request, and mostly has little to give. */
function byDelay({ effectiveType, rttMs }: ClientHints): number {
  if (effectiveType?.endsWith('2g') || (rttMs ?? 0) > LONGEST_RTT_MS) return MOST_KBPS.mobile;
  if (effectiveType === '3g' || (rttMs ?? 0) > LONG_RTT_MS) return MOST_KBPS.low;
  return Number.POSITIVE_INFINITY;
}

/** The best of these rates that is not above, else the lowest; sound without a rate is never chosen for a line. */
export function atMost<T extends Choice>(there: readonly T[], kbps: number): T | null {
  const lossy = there.filter(({ quality }) => bitrateOf(quality) > 0);
  const rising = lossy.toSorted((a, b) => bitrateOf(a.quality) - bitrateOf(b.quality));
  return rising.findLast(({ quality }) => bitrateOf(quality) <= kbps) ?? rising[0] ?? null;
}
