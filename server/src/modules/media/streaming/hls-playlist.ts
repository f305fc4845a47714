import { heardAtSeconds, SEGMENT_SECONDS, segmentCount } from '../../../kernel/media/segment-index.ts';
import { type HlsQuality, segmentName } from './hls-quality.ts';
import type { CutSound } from './hls-sound.ts';

const MICROSECONDS = 1_000_000;

/** One line of a master playlist. */
export interface Variant {
  quality: HlsQuality;
  sound: CutSound;
}

/** RFC 8216 §4.3.4.2; `query` goes to each child, with its question mark, since players keep none of the master's. */
export function makeMaster(variants: readonly Variant[], query: string): string {
  const lines = variants.flatMap(({ quality, sound }) => {
    const { peak, average } = bandwidths(sound);
    return [
      `#EXT-X-STREAM-INF:BANDWIDTH=${peak},AVERAGE-BANDWIDTH=${average},CODECS="${sound.index.codecs}"`,
      `${quality}/playlist.m3u8${query}`,
    ];
  });
  return `${['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS', ...lines].join('\n')}\n`;
}

/** RFC 8216 §4.3.3: a whole recording, whose list never changes. */
export function makePlaylist({ index, cut }: CutSound, query: string): string {
  const extension = index.packaging === 'fmp4' ? 'm4s' : 'mp3';
  const lengths = lengthsOf(index);
  const target = Math.max(1, ...lengths.map((each) => Math.round(each / MICROSECONDS)));
  const lines = lengths.flatMap((length, segment) => [
    `#EXTINF:${(length / MICROSECONDS).toFixed(6)},`,
    segmentName({ cut, segment, extension }) + query,
  ]);
  const map = segmentName({ cut, segment: 'init', extension: 'mp4' }) + query;
  return `${[
    '#EXTM3U',
    `#EXT-X-VERSION:${index.packaging === 'fmp4' ? 7 : 3}`,
    `#EXT-X-TARGETDURATION:${target}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    ...(index.packaging === 'fmp4' ? [`#EXT-X-MAP:URI="${map}"`] : []),
    ...lines,
    '#EXT-X-ENDLIST',
  ].join('\n')}\n`;
}

/** Microseconds of each segment: differences of rounded instants, so that rounding never adds up. */
function lengthsOf(index: CutSound['index']): number[] {
  const at = (i: number) => Math.round(heardAtSeconds(index, i) * MICROSECONDS);
  return Array.from({ length: segmentCount(index) }, (_, i) => at(i + 1) - at(i));
}

/** Bits per second: of the whole, and of the densest stretch of about a segment (RFC 8216bis §4.4.6.2). */
function bandwidths({ index, segmentBytes }: CutSound): { peak: number; average: number } {
  const count = segmentCount(index);
  const rate = (from: number, to: number): number => {
    let bytes = 0;
    for (let i = from; i < to; i++) bytes += segmentBytes(i);
    const seconds = heardAtSeconds(index, to) - heardAtSeconds(index, from);
    return seconds > 0 ? Math.ceil((bytes * 8) / seconds) : 0;
  };
  const average = rate(0, count);
  let peak = average;
  for (let i = 0; i < count; i++) {
    const seconds = heardAtSeconds(index, i + 1) - heardAtSeconds(index, i);
    // Only a tail is shorter than half a target; it counts together with the segment before it.
    const from = seconds < SEGMENT_SECONDS / 2 ? Math.max(0, i - 1) : i;
    peak = Math.max(peak, rate(from, i + 1));
  }
  return { peak, average };
}
