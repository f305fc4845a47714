import type { Quality } from './player-state.ts';

/** What a stream's list tells of one quality. */
export interface StreamLevel {
  name: string;
  bitrate: number;
  /** Sound of another codec can't follow in the same buffer without a fault somewhere. */
  codec: string;
}

/** `/hls/0197…/medium/playlist.m3u8` → `medium`. */
export const levelName = (address: string): string =>
  /\/([^/]+)\/[^/]+$/.exec(new URL(address, 'http://antenne.invalid').pathname)?.[1] ?? '';

/** All there is, best first. */
export const qualitiesOf = (levels: readonly StreamLevel[]): Quality[] =>
  levels
    .map(({ name, bitrate }) => ({ name, kbps: Math.round(bitrate / 1000) }))
    .sort((a, b) => b.kbps - a.kbps);

/**
 * The codec to play: that of the quality asked for; else the one with the most qualities, which has the most room to
 * follow the line, the better one of two alike.
 */
export function codecToPlay(levels: readonly StreamLevel[], wanted: string | null): string | null {
  const asked = levels.find(({ name }) => name === wanted);
  if (asked !== undefined) return asked.codec;
  const codecs = [...new Set(levels.map(({ codec }) => codec))];
  const rank = (codec: string) => {
    const own = levels.filter((level) => level.codec === codec);
    return own.length * 1e9 + Math.max(...own.map(({ bitrate }) => bitrate));
  };
  return codecs.sort((a, b) => rank(b) - rank(a))[0] ?? null;
}

/** A quality of another codec that a slow line carries better than the least of this one; null when none is there. */
export function lighterElsewhere(levels: readonly StreamLevel[], codec: string): string | null {
  const least = Math.min(...levels.filter((level) => level.codec === codec).map(({ bitrate }) => bitrate));
  const lighter = levels.filter((level) => level.codec !== codec && level.bitrate < least);
  return lighter.sort((a, b) => b.bitrate - a.bitrate)[0]?.name ?? null;
}
