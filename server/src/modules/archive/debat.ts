import type { RecordingStatus, Visibility } from '../media/public.ts';

/** What a débat is; `autre` is what nothing else names. */
export const DEBAT_TYPES = [
  'seance_publique',
  'commission',
  'audition',
  'question_gouvernement',
  'autre',
] as const;
/** A name of {@link DEBAT_TYPES}. */
export type DebatType = (typeof DEBAT_TYPES)[number];

/** A débat's life: planned, going on, over, its sound being fetched, playable, or fetching failed. */
export const DEBAT_STATUSES = [
  'programme',
  'en_cours',
  'termine',
  'extraction',
  'disponible',
  'erreur',
] as const;
/** A name of {@link DEBAT_STATUSES}. */
export type DebatStatus = (typeof DEBAT_STATUSES)[number];

/** A débat as use-cases decide about it; lists and pages are read as finished JSON instead. */
export interface Debat {
  id: string;
  organisationId: string;
  title: string;
  status: DebatStatus;
  visibility: Visibility;
  /** YYYY-MM-DD */
  date: string;
  startTime: Date | null;
  endTime: Date | null;
  durationMinutes: number | null;
  sourceUrl: string | null;
  hasAudio: boolean;
  recordingId: string | null;
  /** The extraction made the recording for this débat: it goes with it. */
  ownsRecording: boolean;
}

/** What the archive needs to know of a recording to say how its débat stands. */
export interface SoundState {
  status: RecordingStatus;
  durationMs: number | null;
}

/** The columns of a débat that follow from its recording. */
export interface SoundColumns {
  has_audio: boolean;
  status: DebatStatus;
  duration_minutes: number | null;
}

const MINUTE_MS = 60_000;

/**
 * How a débat stands once its recording stands like this. A failure only shows while the extraction was
 * awaited: one that a person cancelled has already been put back.
 */
export function soundColumns(
  debat: Pick<Debat, 'status' | 'durationMinutes'>,
  sound: SoundState,
): SoundColumns {
  const { durationMinutes } = debat;
  if (sound.status === 'ready') {
    const measured = sound.durationMs === null ? null : Math.round(sound.durationMs / MINUTE_MS);
    return { has_audio: true, status: 'disponible', duration_minutes: durationMinutes ?? measured };
  }
  if (sound.status === 'error') {
    const status = debat.status === 'extraction' ? 'erreur' : debat.status;
    return { has_audio: false, status, duration_minutes: durationMinutes };
  }
  return { has_audio: false, status: 'extraction', duration_minutes: durationMinutes };
}

/** The status of a débat without sound on `today` (YYYY-MM-DD): still to come, or over. */
export function silentStatus(date: string, today: string): DebatStatus {
  return date > today ? 'programme' : 'termine';
}

/** The calendar day of an instant in a zone (null: UTC), as YYYY-MM-DD. */
export function dayOf(instantMs: number, timeZone: string | null): string {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  return new Intl.DateTimeFormat('en-CA', { timeZone: timeZone ?? 'UTC', ...parts }).format(instantMs);
}
