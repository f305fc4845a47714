/** Formats a rendition may have; `aac` is AAC in an M4A file, `opus` is Ogg Opus. */
export const AUDIO_FORMATS = ['mp3', 'aac', 'opus', 'wav', 'flac'] as const;
/** A name of {@link AUDIO_FORMATS}. */
export type AudioFormat = (typeof AUDIO_FORMATS)[number];

/** A rendition’s life: promised, being made, whole, or failed. */
export const RENDITION_STATUSES = ['pending', 'extracting', 'completed', 'error'] as const;
/** A name of {@link RENDITION_STATUSES}. */
export type RenditionStatus = (typeof RENDITION_STATUSES)[number];

/** Bit rates that may be asked for: a closed list, so that nobody can fill the disk with 446 near copies. */
export const LOSSY_QUALITIES = ['64k', '96k', '128k', '160k', '192k', '256k', '320k'] as const;
const LOSSLESS = 'lossless';
/** Phones and pages that prefer AAC get it at a rate where it is transparent for speech. */
const AAC_COMPANION = { format: 'aac', quality: '128k' } as const;

/** A format and quality (`192k`, or `lossless` for wav and flac). */
export interface Wish {
  format: AudioFormat;
  quality: string;
}

/** One playable file of a recording, or the promise of one. */
export interface Rendition extends Wish {
  id: string;
  organisationId: string;
  recordingId: string;
  status: RenditionStatus;
  isPlanned: boolean;
  filename: string;
  fileKey: string | null;
  sizeBytes: number | null;
  sha256: string | null;
  mimeType: string | null;
  durationMs: number | null;
  errorMessage: string | null;
  jobId: string | null;
  completedAt: Date | null;
}

/** A rendition whose file is whole and may be sent. */
export interface PlayableRendition extends Rendition {
  status: 'completed';
  fileKey: string;
  sizeBytes: number;
  sha256: string;
  mimeType: string;
  completedAt: Date;
}

/** Narrows to renditions that may be sent; nothing else ever leaves. */
export function isPlayable(rendition: Rendition): rendition is PlayableRendition {
  return (
    rendition.status === 'completed' &&
    rendition.fileKey !== null &&
    rendition.sizeBytes !== null &&
    rendition.sha256 !== null &&
    rendition.mimeType !== null &&
    rendition.completedAt !== null
  );
}

const isLossless = (format: AudioFormat): boolean => format === 'wav' || format === 'flac';

/** The wish made whole and of one spelling, or null when it cannot be met; `defaults` come from the configuration. */
export function settleWish(asked: { format?: AudioFormat; quality?: string }, defaults: Wish): Wish | null {
  const format = asked.format ?? defaults.format;
  if (isLossless(format))
    return asked.quality === undefined || asked.quality === LOSSLESS ? { format, quality: LOSSLESS } : null;
  const quality = asked.quality ?? (isLossless(defaults.format) ? '192k' : defaults.quality);
  const isKnown = quality === defaults.quality || LOSSY_QUALITIES.some((known) => known === quality);
  return isKnown ? { format, quality } : null;
}

/** What each recording gets at once: the wish, MP3 because everything plays it, and AAC at 128k. */
export function planRenditions(wish: Wish, mp3Quality: string): Wish[] {
  const plan: Wish[] = [wish];
  if (wish.format !== 'mp3') plan.push({ format: 'mp3', quality: mp3Quality });
  if (wish.format !== 'aac') plan.push(AAC_COMPANION);
  return plan;
}

/** kbit/s of a quality; 0 for lossless, where encoders ignore it. */
export function bitrateOf(quality: string): number {
  return quality === LOSSLESS ? 0 : Number.parseInt(quality, 10);
}

const EXTENSIONS: Record<AudioFormat, string> = {
  mp3: 'mp3',
  aac: 'm4a',
  opus: 'opus',
  wav: 'wav',
  flac: 'flac',
};

/** File name extension without the dot. */
export function extensionOf(format: AudioFormat): string {
  return EXTENSIONS[format];
}

/** The stable machine name of a rendition's file, unique in the installation. */
export function renditionFilename(recordingId: string, wish: Wish): string {
  return `${recordingId}-${wish.quality}.${extensionOf(wish.format)}`;
}

/**
 * The rendition to play: exactly what was asked for where format and quality are given; otherwise the wished
 * one first, then the highest bit rate, in the wished format when there is one.
 */
export function chooseRendition<T extends Wish>(
  playable: readonly T[],
  asked: { format?: string | undefined; quality?: string | undefined },
  wish: Wish,
): T | null {
  const fitting = playable.filter(
    ({ format, quality }) =>
      (asked.format === undefined || format === asked.format) &&
      (asked.quality === undefined || quality === asked.quality),
  );
  const wished = fitting.find(({ format, quality }) => format === wish.format && quality === wish.quality);
  if (wished) return wished;
  const preferred = fitting.filter(({ format }) => format === wish.format);
  const pool = preferred.length > 0 ? preferred : fitting;
  return pool.toSorted((a, b) => bitrateOf(b.quality) - bitrateOf(a.quality))[0] ?? null;
}
