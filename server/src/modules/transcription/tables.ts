import type { ColumnType, Generated } from 'kysely';
import type { JobPriority } from '../../kernel/jobs/job.ts';
import type { RecordingStatus, Visibility } from '../media/public.ts';
import type {
  KeptWord,
  TranscriptionSource,
  TranscriptionStage,
  TranscriptionStatus,
} from './transcription.ts';

type DatedByDatabase = ColumnType<Date, Date | undefined, Date>;
/** Written as JSON text, read as values. */
type Json<T> = ColumnType<T, string | null, string | null>;

/** Rows of `projects` (migration 0005). */
export type ProjectsTable = {
  id: string;
  organisation_id: string;
  name: string;
  is_default: Generated<boolean>;
  created_at: DatedByDatabase;
};

/** Rows of `transcriptions`. */
export type TranscriptionsTable = {
  id: string;
  organisation_id: string;
  project_id: string;
  recording_id: string;
  source: TranscriptionSource;
  status: TranscriptionStatus;
  stage: TranscriptionStage;
  progress: Generated<number>;
  priority: Generated<JobPriority>;
  language: string;
  engine: string | null;
  model: string | null;
  initial_prompt: string | null;
  use_vad: Generated<boolean>;
  duration_ms: number | null;
  segment_count: number | null;
  error_code: string | null;
  error_message: string | null;
  worker: string | null;
  job_id: string | null;
  run_id: string | null;
  heartbeat_at: DatedByDatabase;
  attempts: Generated<number>;
  faults: Generated<number>;
  created_by: string | null;
  queued_at: Date | null;
  started_at: Date | null;
  transcribed_at: Date | null;
  finished_at: Date | null;
  created_at: DatedByDatabase;
  updated_at: DatedByDatabase;
};

/** Rows of `transcription_chunks`. */
export type ChunksTable = {
  organisation_id: string;
  transcription_id: string;
  position: number;
  start_ms: number;
  end_ms: number;
  state: 'waiting' | 'done';
  segment_count: number | null;
  first_segment: number | null;
  recognised_at: Date | null;
};

/** Rows of `transcription_segments`. */
export type SegmentsTable = {
  organisation_id: string;
  transcription_id: string;
  chunk: number;
  position: number;
  start_ms: number;
  end_ms: number;
  text: string;
  speaker: string | null;
  confidence: number | null;
  words: Json<KeptWord[] | null>;
};

/** Rows of `recording_transcripts`. */
export type RecordingTranscriptsTable = {
  recording_id: string;
  organisation_id: string;
  transcription_id: string | null;
  version: number;
  updated_at: DatedByDatabase;
};

/** The view `media_recordings`. */
export type MediaRecordingsView = {
  organisation_id: string;
  recording_id: string;
  title: string;
  language: string | null;
  visibility: Visibility;
  status: RecordingStatus;
  duration_ms: number | null;
  created_at: Date;
};

/** The transcription module's part of the database, and what it reads of media's. */
// A type alias: Kysely's withTables wants an implicit index signature, which interfaces lack.
export type TranscriptionTables = {
  projects: ProjectsTable;
  transcriptions: TranscriptionsTable;
  transcription_chunks: ChunksTable;
  transcription_segments: SegmentsTable;
  recording_transcripts: RecordingTranscriptsTable;
  media_recordings: MediaRecordingsView;
};
