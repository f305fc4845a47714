import { HLS_QUALITIES, isHlsQuality } from '../streaming/hls-quality.ts';
import { MOST_KBPS } from '../streaming/stream-quality.ts';
import { AUDIO_FORMATS, type AudioFormat } from './rendition.ts';

/** What older clients send as the quality that they want: a word, a rate, or an object of both. */
export type TargetQuality = string | number | Readonly<Record<string, unknown>>;

/** A wish as renditions take it, or a sentence that says what could not be understood. */
export type ReadTarget = { format?: AudioFormat; quality?: string } | { fault: string };

const FORMAT_WORDS: Readonly<Record<string, AudioFormat>> = {
  m4a: 'aac',
  mp4: 'aac',
  ogg: 'opus',
  wave: 'wav',
  pcm: 'wav',
  libmp3lame: 'mp3',
  libopus: 'opus',
};
const UNDERSTOOD = `${HLS_QUALITIES.join(', ')}, lossless, a format (${AUDIO_FORMATS.join(', ')}), or a rate such as 128k`;
/** Above it a number is meant in bits a second. */
const MOST_KBPS_MEANT = 1000;

/** Reads a target; absent members are left to the installation's defaults. */
export function readTargetQuality(target: TargetQuality): ReadTarget {
  if (typeof target === 'number') return rate(target);
  if (typeof target === 'string') return word(target);
  return fromObject(target);
}

function word(text: string): ReadTarget {
  const asked = text.trim().toLowerCase();
  const named = isHlsQuality(asked) ? `${MOST_KBPS[asked]}k` : null;
  if (named) return { quality: named };
  if (asked === 'lossless') return { format: 'flac' };
  const format = formatOf(asked);
  if (format) return { format };
  // `aac:96k`, `aac 96`, `96 kbps`, `96000`.
  const match = /^(?:([a-z0-9]+)[:\s_-])?\s*(\d{2,6})\s*(k|kbps|kbit\/s|kb\/s)?$/.exec(asked);
  const prefix = match?.[1];
  const prefixed = prefix === undefined ? undefined : formatOf(prefix);
  if (!match || (prefix !== undefined && !prefixed)) return refuse(`“${text.slice(0, 50)}” is no quality`);
  return { ...(prefixed ? { format: prefixed } : {}), ...rate(Number(match[2])) };
}

function rate(number: number): ReadTarget {
  const kbps = number >= MOST_KBPS_MEANT ? number / 1000 : number;
  return Number.isInteger(kbps) && kbps > 0 ? { quality: `${kbps}k` } : refuse(`${number} is no bit rate`);
}

const FORMAT_MEMBERS = ['format', 'codec'];
const QUALITY_MEMBERS = ['quality', 'bitrate', 'bitrate_kbps', 'name', 'profile', 'preset'];

function fromObject(target: Readonly<Record<string, unknown>>): ReadTarget {
  let format: AudioFormat | undefined;
  let quality: ReadTarget = {};
  for (const [name, value] of Object.entries(target)) {
    if (value === null) continue;
    if (FORMAT_MEMBERS.includes(name)) {
      format = typeof value === 'string' ? formatOf(value.trim().toLowerCase()) : undefined;
      if (!format) return refuse(`the ${name} is none that can be made`);
    } else if (QUALITY_MEMBERS.includes(name)) {
      if (typeof value !== 'string' && typeof value !== 'number')
        return refuse(`${name} is neither text nor number`);
      quality = readTargetQuality(value);
      if ('fault' in quality) return quality;
    } else {
      return refuse(`“${name.slice(0, 50)}” cannot be chosen`);
    }
  }
  const wish = { ...quality, ...(format ? { format } : {}) };
  return Object.keys(wish).length === 0 ? refuse('it names neither format nor quality') : wish;
}

function formatOf(asked: string): AudioFormat | undefined {
  return (
    AUDIO_FORMATS.find((each) => each === asked) ??
    (Object.hasOwn(FORMAT_WORDS, asked) ? FORMAT_WORDS[asked] : undefined)
  );
}

const refuse = (why: string): ReadTarget => ({ fault: `${why}; take ${UNDERSTOOD}` });
