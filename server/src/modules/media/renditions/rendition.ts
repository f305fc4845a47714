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
/** What a format gets when neither its rate nor that of the installation is given. */
const USUAL_LOSSY = { format: 'mp3', quality: '192k' } as const;

/** A format and quality (`192k`, or `lossless` for wav and flac). */
export interface Wish {
  format: AudioFormat;
  quality: string;
}

/**
 * Loudnesses that may be asked for, in LUFS: −16 for listening on the way, −23 as broadcasters exchange sound (EBU
 * R128), −19 for one channel, which sounds as loud as two at −16.
 */
export const LOUDNESS_TARGETS = [-16, -19, -23] as const;
/** A number of {@link LOUDNESS_TARGETS}. */
export type LoudnessTarget = (typeof LOUDNESS_TARGETS)[number];

/** A wish with the loudness that it is brought to; null leaves the sound as loud as it came. */
export interface LevelledWish extends Wish {
  normalised: LoudnessTarget | null;
}

/** A loudness as clients ask for it: one of ours, any that is there, or none. */
export type AskedLoudness = LoudnessTarget | 'any' | null;

/** `true` (any), `false` (none), or a number of LUFS; undefined for what is none of these. */
export function readAskedLoudness(text: string | undefined): AskedLoudness | undefined {
  if (text === undefined || text === 'false' || text === '0') return null;
  if (text === 'true' || text === '1') return 'any';
  return LOUDNESS_TARGETS.find((target) => String(target) === text);
}

/** One playable file of a recording, or the promise of one. */
export interface Rendition extends LevelledWish {
  id: string;
  organisationId: string;
  recordingId: string;
  status: RenditionStatus;
  /** Percent of the work that is done; planned ones follow their recording's. */
  progress: number;
  isPlanned: boolean;
  filename: string;
  fileKey: string | null;
  sizeBytes: number | null;
  sha256: string | null;
  mimeType: string | null;
  durationMs: number | null;
  errorCode: string | null;
  errorMessage: string | null;
  jobId: string | null;
  createdAt: Date;
  startedAt: Date | null;
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

/**
 * What each recording gets at once: the wish, and of `ahead` (RENDITIONS_AHEAD) what differs from it. A format without
 * a rate there is only for recordings that have none of that format yet.
 */
export function planRenditions(
  wish: Wish,
  ahead: readonly { format: AudioFormat; quality: string | null }[],
  usual: Wish,
): Wish[] {
  const plan: Wish[] = [wish];
  for (const { format, quality } of ahead) {
    if (quality === null && plan.some((one) => one.format === format)) continue;
    const settled = settleWish(
      { format, quality: quality ?? (usual.format === format ? usual.quality : undefined) },
      USUAL_LOSSY,
    );
    const isThere = plan.some((one) => one.format === format && one.quality === settled?.quality);
    if (settled && !isThere) plan.push(settled);
  }
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
export function renditionFilename(
  recordingId: string,
  { format, quality, normalised = null }: Wish & Partial<LevelledWish>,
): string {
  const level = normalised === null ? '' : `-${-normalised}lufs`;
  return `${recordingId}-${quality}${level}.${extensionOf(format)}`;
}

/** Those that fit an asked loudness; `any` takes the most usual that is there. */
export function ofLoudness<T extends Partial<LevelledWish>>(
  renditions: readonly T[],
  asked: AskedLoudness,
): T[] {
  const levels = renditions.map(({ normalised = null }) => normalised);
  const level = asked === 'any' ? LOUDNESS_TARGETS.find((target) => levels.includes(target)) : asked;
  return renditions.filter(({ normalised = null }) => normalised === level);
}

/**
 * The rendition to play: exactly what was asked for where format, quality or loudness are given; otherwise the wished
 * one first, then the highest bit rate, in the wished format when there is one. Normalised ones only when asked for.
 */
export function chooseRendition<T extends Wish & Partial<LevelledWish>>(
  playable: readonly T[],
  asked: {
    format?: string | undefined;
    quality?: string | undefined;
    normalise?: AskedLoudness | undefined;
  },
  wish: Wish,
): T | null {
  const fits = ({ format, quality }: T) =>
    (asked.format === undefined || format === asked.format) &&
    (asked.quality === undefined || quality === asked.quality);
  const fitting = ofLoudness(playable.filter(fits), asked.normalise ?? null);
  const wished = fitting.find(({ format, quality }) => format === wish.format && quality === wish.quality);
  if (wished) return wished;
  const preferred = fitting.filter(({ format }) => format === wish.format);
  const pool = preferred.length > 0 ? preferred : fitting;
  return pool.toSorted((a, b) => bitrateOf(b.quality) - bitrateOf(a.quality))[0] ?? null;
}
