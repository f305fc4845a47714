import { stat } from 'node:fs/promises';
import { decodePcm } from './decode-pcm.ts';
import { askFfprobe, type ProbedFile, type ProbedStream } from './ffprobe-json.ts';
import type { MediaContext } from './media-context.ts';
import { type Container, sniffContainer } from './sniff-container.ts';
import { MediaError, type MediaInfo, type MediaTags } from './tools.ts';

/** How much of the end is decoded to believe a container that states its length. */
const tailMs = 5000;
const tailToleranceMs = 500;
/** No recording is longer; a container that says so lies, and its number must not set deadlines. */
const longestMs = 7 * 24 * 3_600_000;
const longestTag = 500;

/** How far a file is to be trusted. */
export interface ProbeOptions {
  signal?: AbortSignal;
  /** For files of our own making: takes the stated length of any container without decoding anything. */
  believeStated?: boolean;
}

/** Says what a local file is, from its content alone. Throws MediaError or the signal's reason. */
export async function probe(
  context: MediaContext,
  path: string,
  { signal, believeStated = false }: ProbeOptions = {},
): Promise<MediaInfo> {
  const container = await sniffContainer(path);
  const file = await askFfprobe(context, path, container.demuxer, signal);
  const audio = chooseAudio(file.streams);
  const durationMs = await measure(context, { path, container, file, audio, signal, believeStated });
  const { size } = await stat(path);
  return {
    container: container.name,
    mimeType: mimeTypeOf(container, file),
    codec: audio.codec_name ?? 'unknown',
    durationMs,
    sampleRate: Number(audio.sample_rate),
    channels: audio.channels ?? 0,
    bitrateKbps: bitrateOf(file, audio, size, durationMs),
    hasVideo: file.streams.some(isMovingPicture),
    audioStreamIndex: audio.index,
    tags: tagsOf({ ...audio.tags, ...file.format.tags }),
  };
}

/** The stream marked as default, else the first; only what this ffmpeg can name and count channels of. */
function chooseAudio(streams: ProbedStream[]): ProbedStream {
  const known = streams.filter(({ codec_name }) => codec_name !== undefined && codec_name !== 'unknown');
  const usable = known.filter(({ codec_type, channels, sample_rate }) => {
    return codec_type === 'audio' && (channels ?? 0) > 0 && Number(sample_rate) > 0;
  });
  const chosen = usable.find(({ disposition }) => disposition?.default === 1) ?? usable[0];
  if (chosen) return chosen;
  if (known.length > 0 && !streams.some(({ codec_type }) => codec_type === 'audio')) {
    throw new MediaError('no-audio-stream', 'This file has no sound');
  }
  throw new MediaError('broken', 'The sound in this file cannot be decoded');
}

interface Measured {
  path: string;
  container: Container;
  file: ProbedFile;
  audio: ProbedStream;
  signal: AbortSignal | undefined;
  believeStated: boolean;
}

/** The stated length where the end of the file confirms it, else the length of what can be decoded. */
async function measure(
  context: MediaContext,
  { path, container, file, audio, signal, believeStated }: Measured,
): Promise<number> {
  const statedMs = Number(audio.duration ?? file.format.duration ?? 0) * 1000;
  const isPlausible = statedMs > 0 && statedMs <= longestMs;
  if (believeStated && isPlausible) return Math.round(statedMs);
  const { size } = await stat(path);
  const decode = (fromMs: number, expectedMs: number) =>
    decodePcm(context, {
      inputPath: path,
      demuxer: container.demuxer,
      audioStreamIndex: audio.index,
      expectedMs,
      fromMs,
      signal,
    });
  if (container.hasExactDuration && isPlausible) {
    const fromMs = Math.max(0, statedMs - tailMs);
    const foundMs = await decode(fromMs, tailMs).catch(ignoreBroken);
    if (Math.abs(foundMs - (statedMs - fromMs)) <= tailToleranceMs) return Math.round(statedMs);
  }
  // 1 kB/s is less than any speech codec makes: enough time for the longest that fits into the file.
  const decodedMs = Math.round(await decode(0, isPlausible ? statedMs : size));
  if (decodedMs === 0) throw new MediaError('broken', 'Nothing in this file can be decoded');
  return decodedMs;
}

/** A seek beyond the end of a cut file fails; the decoding from the start then tells how much is there. */
function ignoreBroken(error: unknown): number {
  if (error instanceof MediaError && error.failure === 'broken') return 0;
  throw error;
}

function isMovingPicture({ codec_type, disposition }: ProbedStream): boolean {
  return codec_type === 'video' && disposition?.attached_pic !== 1;
}

function mimeTypeOf({ mimeType, name }: Container, file: ProbedFile): string {
  const hasVideo = file.streams.some(isMovingPicture);
  if (name === 'matroska') {
    const isWebm = file.streams.every(({ codec_name = '' }) =>
      /^(vp8|vp9|av1|opus|vorbis)$/.test(codec_name),
    );
    return `${hasVideo ? 'video' : 'audio'}/${isWebm ? 'webm' : 'x-matroska'}`;
  }
  return hasVideo ? mimeType.replace(/^audio\/(?=mp4|ogg)/, 'video/') : mimeType;
}

function bitrateOf(
  file: ProbedFile,
  audio: ProbedStream,
  sizeBytes: number,
  durationMs: number,
): number | null {
  const stated = Number(audio.bit_rate ?? 0) / 1000;
  if (stated > 0) return Math.round(stated);
  // With a picture inside, the size of the file says nothing about the sound.
  if (file.streams.some(isMovingPicture)) return null;
  return Math.round((sizeBytes * 8) / durationMs);
}

/** Tags under our names, cleaned and shortened. */
export function tagsOf(found: Record<string, string>): MediaTags {
  const tags: MediaTags = {};
  const byName = new Map(Object.entries(found).map(([name, text]) => [name.toLowerCase(), text]));
  for (const name of ['title', 'artist', 'album', 'date', 'genre'] as const) {
    const text = cleanTag(byName.get(name) ?? '');
    if (text !== '') tags[name] = text;
  }
  return tags;
}

function cleanTag(text: string): string {
  const printable = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim();
  return [...printable].slice(0, longestTag).join('');
}
