import { createHash } from 'node:crypto';
import { type AudioFormat, bitrateOf } from '../renditions/rendition.ts';
import type { AudioFile } from './audio-repo.ts';

/** Qualities of the contract in the order of a master playlist: players begin with the first. */
export const HLS_QUALITIES = ['medium', 'high', 'low', 'mobile'] as const;
/** A name of {@link HLS_QUALITIES}. */
export type HlsQuality = (typeof HLS_QUALITIES)[number];

/** kbit/s at most, and more than; so that rates between the contract's own belong somewhere too. */
const SPANS: Record<HlsQuality, { most: number; over: number }> = {
  high: { most: 320, over: 192 },
  medium: { most: 192, over: 128 },
  low: { most: 128, over: 96 },
  mobile: { most: 96, over: 0 },
};

/** Formats that segments are cut from, the better one first: MP4 fragments hide the encoder's delay. */
export const HLS_FORMATS: readonly AudioFormat[] = ['aac', 'mp3'];

export function isHlsQuality(name: string): name is HlsQuality {
  return HLS_QUALITIES.some((quality) => quality === name);
}

/** The rendition that serves a quality: the highest bit rate in its span, AAC before MP3; null when none is there. */
export function renditionFor<T extends Pick<AudioFile, 'format' | 'quality'>>(
  renditions: readonly T[],
  quality: HlsQuality,
): T | null {
  return renditionsFor(renditions, quality)[0] ?? null;
}

/** All that may serve a quality, the chosen one first: playlists made before a better one came go on to play. */
export function renditionsFor<T extends Pick<AudioFile, 'format' | 'quality'>>(
  renditions: readonly T[],
  quality: HlsQuality,
): T[] {
  const { most, over } = SPANS[quality];
  return renditions
    .filter(({ format, quality: rate }) => {
      const kbps = bitrateOf(rate);
      return HLS_FORMATS.includes(format) && kbps > over && kbps <= most;
    })
    .toSorted(
      (a, b) =>
        bitrateOf(b.quality) - bitrateOf(a.quality) ||
        HLS_FORMATS.indexOf(a.format) - HLS_FORMATS.indexOf(b.format),
    );
}

/** Changes with the way segments are written: what caches keep for ever is then asked for under another name. */
const CUT_VERSION = 1;

/** Names the bytes of a rendition's segments, in their addresses and tags. */
export function cutName(sha256: string): string {
  return createHash('sha256').update(`${CUT_VERSION}:${sha256}`).digest('hex').slice(0, 16);
}

/** What the last part of a segment's address names; `init` is what a player of fragments needs first. */
export interface SegmentName {
  cut: string;
  segment: number | 'init';
  extension: 'mp4' | 'm4s' | 'mp3';
}

const NAME = /^([0-9a-f]{16})-(?:(init)\.mp4|(0|[1-9]\d{0,6})\.(m4s|mp3))$/;

/** Null for anything that we do not write ourselves. */
export function parseSegmentName(name: string): SegmentName | null {
  const match = NAME.exec(name);
  if (!match) return null;
  const [, cut = '', init, number, extension] = match;
  if (init !== undefined) return { cut, segment: 'init', extension: 'mp4' };
  return { cut, segment: Number(number), extension: extension === 'mp3' ? 'mp3' : 'm4s' };
}

export function segmentName({ cut, segment, extension }: SegmentName): string {
  return `${cut}-${segment}.${extension}`;
}
