/** What the player can play: a débat of the archive, or a recording of the work room. */
export interface Track {
  kind: 'debat' | 'recording';
  id: string;
  title: string;
  /** A second line: date and commission, or where a recording comes from. */
  note: string;
  /** Whose waveform it has; null while a débat has no recording. */
  recordingId: string | null;
  durationSeconds: number | null;
  /** Plays from this file alone, to hear what it is worth; absent: the best for the line. */
  rendition?: Rendition;
}

/** A file that a recording exists in. */
export interface Rendition {
  format: 'mp3' | 'aac' | 'opus' | 'wav' | 'flac';
  /** `192k`, `lossless`. */
  quality: string;
  /** LUFS that it was brought to; null: as loud as it came. */
  normalised: number | null;
}

/** True when both play the same file of a track. */
export const isSameFile = (one: Pick<Track, 'rendition'>, other: Pick<Track, 'rendition'>): boolean =>
  one.rendition?.format === other.rendition?.format &&
  one.rendition?.quality === other.rendition?.quality &&
  one.rendition?.normalised === other.rendition?.normalised;

/** A file as the server is asked for it. */
export const askFor = ({ format, quality, normalised }: Rendition) => ({
  format,
  quality,
  ...(normalised === null ? {} : { normalise: String(normalised) }),
});

/** Names a track wherever one is kept: `debat:0197a0…`. */
export const trackKey = (track: Pick<Track, 'kind' | 'id'>): string => `${track.kind}:${track.id}`;

/** The page where a track is at home. */
export const trackPath = (track: Pick<Track, 'kind' | 'id'>): string =>
  `${track.kind === 'debat' ? '/archive' : '/recordings'}/${encodeURIComponent(track.id)}`;

/** An address that plays now, and until when its signature holds (Unix seconds; null: for ever). */
export interface Source {
  url: string;
  /** Where adaptive streaming has qualities to choose from. */
  hlsUrl: string | null;
  expiresAt: number | null;
}

/** Reads the end of a signed address from its own `expires`. */
export function expiryOf(url: string): number | null {
  const expires = Number(new URL(url, 'http://antenne.invalid').searchParams.get('expires') ?? Number.NaN);
  return Number.isFinite(expires) && expires > 0 ? expires : null;
}

/** True when a source should be signed again before it is used (a margin covers clocks that differ). */
export function isStale(source: Pick<Source, 'expiresAt'>, nowMs: number, marginSeconds = 20): boolean {
  return source.expiresAt !== null && source.expiresAt - marginSeconds < nowMs / 1000;
}

/** The nearest second that can be played, just before the end at the latest; no end is known where it is 0. */
export function placeWithin(seconds: number, durationSeconds: number): number {
  const end = durationSeconds > 0 ? durationSeconds : Number.POSITIVE_INFINITY;
  return Math.min(Math.max(0, seconds), Math.max(0, end - 0.2));
}
