import { isHlsQuality } from './hls-quality.ts';
import { type AudioFormat, bitrateOf } from './rendition.ts';

/** What a client says of its line (Network Information and Save-Data client hints). */
export interface ClientHints {
  saveData: boolean;
  /** Megabits per second; null when it says nothing. */
  downlinkMbps: number | null;
}

interface Choice {
  format: AudioFormat;
  quality: string;
}

const MOST_KBPS = { high: 320, medium: 192, low: 128, mobile: 96 };
/** Of a line's rate for the sound: the rest is for what else goes over it. */
const SHARE = 0.5;

/**
 * A rendition for the contract's words (`high`, `medium`, `low`, `mobile`, `auto`) or a bit rate (`192k`, `192`); null
 * when an exact one is not there. Words take the best below their rate, else the smallest there is.
 */
export function chooseQuality<T extends Choice>(
  there: readonly T[],
  asked: string,
  hints: ClientHints,
  usualKbps: number,
): Choice | null {
  const word = asked.toLowerCase();
  if (isHlsQuality(word)) return atMost(there, MOST_KBPS[word]);
  if (word === 'auto') return atMost(there, affordable(hints, usualKbps));
  const exact = /^\d+$/.test(word) ? `${word}k` : word;
  const found = there.find(({ quality }) => quality === exact);
  return found ? { format: found.format, quality: found.quality } : null;
}

/** kbit/s that the client's line carries with ease; the recording's own when it says nothing. */
function affordable({ saveData, downlinkMbps }: ClientHints, usualKbps: number): number {
  if (saveData) return MOST_KBPS.mobile;
  if (downlinkMbps === null) return usualKbps || MOST_KBPS.medium;
  return downlinkMbps * 1000 * SHARE;
}

function atMost<T extends Choice>(there: readonly T[], kbps: number): Choice | null {
  const lossy = there.filter(({ quality }) => bitrateOf(quality) > 0);
  const rising = lossy.toSorted((a, b) => bitrateOf(a.quality) - bitrateOf(b.quality));
  const chosen = rising.findLast(({ quality }) => bitrateOf(quality) <= kbps) ?? rising[0];
  return chosen ? { format: chosen.format, quality: chosen.quality } : null;
}
