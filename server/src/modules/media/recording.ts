import type { JobPriority } from '../../kernel/jobs/job.ts';
import type { WorkNote } from './extraction/work-note.ts';
import type { AudioFormat } from './renditions/rendition.ts';
import type { FoundKind } from './sources/found.ts';

/** Who may hear: anyone, anyone with the exact address, or people of the organisation. */
export const VISIBILITIES = ['public', 'unlisted', 'private'] as const;
/** A name of {@link VISIBILITIES}. */
export type Visibility = (typeof VISIBILITIES)[number];

/** A recording’s life: its bytes arrive, it waits, it is worked on, it plays, or it failed. */
export const RECORDING_STATUSES = ['uploading', 'queued', 'processing', 'ready', 'error'] as const;
/** A name of {@link RECORDING_STATUSES}. */
export type RecordingStatus = (typeof RECORDING_STATUSES)[number];

/** How its bytes came: as a file, from an address, from the air. */
export const RECORDING_SOURCES = ['upload', 'import', 'live'] as const;
/** A name of {@link RECORDING_SOURCES}. */
export type RecordingSource = (typeof RECORDING_SOURCES)[number];

/** The next thing to do; everything before it is saved. Order: fetch (imports only), probe, encode, done. */
export type RecordingStage = 'fetch' | 'probe' | 'encode' | 'done';

/** Sound with a life of its own; times are in milliseconds, sizes in bytes. */
export interface Recording {
  id: string;
  organisationId: string;
  title: string;
  language: string | null;
  visibility: Visibility;
  source: RecordingSource;
  sourceUrl: string | null;
  /** What the address turned out to be; null before that, and for what came otherwise. */
  foundKind: FoundKind | null;
  /** Where the sound really lies, after redirects, pages and feeds. */
  resolvedUrl: string | null;
  /** Of one in error: the recording that was made of the same source. */
  sameSourceAs: string | null;
  status: RecordingStatus;
  stage: RecordingStage;
  progress: number;
  /** What its run is doing; of use while it is worked on. */
  workNote: WorkNote | null;
  errorCode: string | null;
  errorMessage: string | null;
  wantedFormat: AudioFormat;
  wantedQuality: string;
  priority: JobPriority;
  jobId: string | null;
  attempts: number;
  faults: number;
  originalKey: string | null;
  filename: string | null;
  sizeBytes: number | null;
  sha256: string | null;
  mimeType: string | null;
  container: string | null;
  codec: string | null;
  audioStreamIndex: number | null;
  hasVideo: boolean | null;
  durationMs: number | null;
  sampleRate: number | null;
  channels: number | null;
  bitrateKbps: number | null;
  waveformKey: string | null;
  waveformSha256: string | null;
  createdBy: string | null;
  completedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** True while work is still to come. */
export function isUnfinished(status: RecordingStatus): boolean {
  return status === 'queued' || status === 'processing' || status === 'uploading';
}

/** Network faults are tried again this often; a person may then retry by hand. */
export const MAX_FAULTS = 5;
/** Claims without an end, i.e. workers that died over it: a file that kills its worker must not do so for ever. */
export const MAX_ATTEMPTS = 40;

/** Share of the whole that each stage ends at, in percent; an upload has no fetch. */
const STAGE_SPAN: Record<RecordingSource, Record<Exclude<RecordingStage, 'done'>, [number, number]>> = {
  import: { fetch: [0, 40], probe: [40, 42], encode: [42, 99] },
  upload: { fetch: [0, 0], probe: [0, 3], encode: [3, 99] },
  live: { fetch: [0, 0], probe: [0, 3], encode: [3, 99] },
};

/** Overall percent (0…99) at `fraction` (0…1) of a stage; 100 belongs to `ready` alone. */
export function progressAt(
  source: RecordingSource,
  stage: Exclude<RecordingStage, 'done'>,
  fraction: number,
): number {
  const [from, to] = STAGE_SPAN[source][stage];
  const clamped = Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
  return Math.floor(from + (to - from) * clamped);
}
