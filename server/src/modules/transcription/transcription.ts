import type { JobPriority } from '../../kernel/jobs/job.ts';

/**
 * A transcription's life: its sound is not there yet, it waits, it is worked on, every word is saved, it is the
 * recording's text; or it failed.
 */
export const TRANSCRIPTION_STATUSES = [
  'pending',
  'queued',
  'processing',
  'transcribed',
  'done',
  'error',
] as const;
/** A name of {@link TRANSCRIPTION_STATUSES}. */
export type TranscriptionStatus = (typeof TRANSCRIPTION_STATUSES)[number];

/** Where its words come from: a speech engine, or a file that someone brought. */
export type TranscriptionSource = 'engine' | 'import';

/** The next thing to do; everything before it is saved. */
export type TranscriptionStage = 'prepare' | 'recognise' | 'finish' | 'done';

/** A word as the database keeps it: start and end in milliseconds from the recording's beginning. */
export type KeptWord = [startMs: number, endMs: number, text: string, confidence: number | null];

/** One making of a text out of one recording. Times in milliseconds. */
export interface Transcription {
  id: string;
  organisationId: string;
  projectId: string;
  recordingId: string;
  source: TranscriptionSource;
  status: TranscriptionStatus;
  stage: TranscriptionStage;
  progress: number;
  priority: JobPriority;
  language: string;
  engine: string | null;
  model: string | null;
  initialPrompt: string | null;
  useVad: boolean;
  durationMs: number | null;
  segmentCount: number | null;
  errorCode: string | null;
  errorMessage: string | null;
  worker: string | null;
  jobId: string | null;
  attempts: number;
  faults: number;
  createdBy: string | null;
  queuedAt: Date | null;
  startedAt: Date | null;
  transcribedAt: Date | null;
  finishedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** True while work is still to come. */
export function isUnfinished(status: TranscriptionStatus): boolean {
  return status !== 'done' && status !== 'error';
}

/** Faults that may pass are tried again this often; a person may then retry by hand. */
export const MAX_FAULTS = 6;
/** Claims without a saved step in between, i.e. workers that died over it: it must not kill workers for ever. */
export const MAX_ATTEMPTS = 10;

/** Share of the whole, in percent, at which a stage begins and ends. */
const SPAN: Record<Exclude<TranscriptionStage, 'done'>, [number, number]> = {
  prepare: [0, 4],
  recognise: [4, 98],
  finish: [98, 99],
};

/** Overall percent (0…99) at `fraction` (0…1) of a stage; 100 belongs to `done` alone. */
export function progressAt(stage: Exclude<TranscriptionStage, 'done'>, fraction: number): number {
  const [from, to] = SPAN[stage];
  const clamped = Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
  return Math.floor(from + (to - from) * clamped);
}

const FIRST_DELAY_MS = 3_000;
const LONGEST_DELAY_MS = 600_000;

/** How long to wait before the next try: twice as long each time, and never sooner than the engine asked for. */
export function delayAfterFault(faults: number, retryAfterMs: number | null): number {
  const own = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, faults - 1));
  return Math.max(own, Math.min(retryAfterMs ?? 0, LONGEST_DELAY_MS));
}
