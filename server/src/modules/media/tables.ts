import type { ColumnType, Generated } from 'kysely';
import type { JobPriority } from '../../kernel/jobs/job.ts';
import type { RecordingAnalysis } from './analysis/analysis.ts';
import type { WorkNote } from './extraction/work-note.ts';
import type { RecordingSource, RecordingStage, RecordingStatus, Visibility } from './recording.ts';
import type { AudioFormat, LoudnessTarget, RenditionStatus } from './renditions/rendition.ts';
import type { FoundKind } from './sources/found.ts';

type DatedByDatabase = ColumnType<Date, Date | undefined, Date>;
type JsonColumn<T> = ColumnType<T, string | undefined, string>;

/** Rows of `recordings` (migration 0002). */
export type RecordingsTable = {
  id: string;
  organisation_id: string;
  title: string;
  language: string | null;
  visibility: Generated<Visibility>;
  source: RecordingSource;
  source_url: string | null;
  found_kind: FoundKind | null;
  resolved_url: string | null;
  same_source_as: string | null;
  status: RecordingStatus;
  stage: RecordingStage;
  progress: Generated<number>;
  work_note: ColumnType<WorkNote | null, string | null | undefined, string | null>;
  error_code: string | null;
  error_message: string | null;
  wanted_format: AudioFormat;
  wanted_quality: string;
  priority: Generated<JobPriority>;
  job_id: string | null;
  run_id: string | null;
  heartbeat_at: DatedByDatabase;
  attempts: Generated<number>;
  faults: Generated<number>;
  original_key: string | null;
  filename: string | null;
  size_bytes: number | null;
  sha256: string | null;
  mime_type: string | null;
  container: string | null;
  codec: string | null;
  audio_stream_index: number | null;
  has_video: boolean | null;
  duration_ms: number | null;
  sample_rate: number | null;
  channels: number | null;
  bitrate_kbps: number | null;
  waveform_key: string | null;
  waveform_sha256: string | null;
  created_by: string | null;
  started_at: Date | null;
  completed_at: Date | null;
  trashed_at: Date | null;
  trashed_by: string | null;
  original_removed_at: Date | null;
  created_at: DatedByDatabase;
  updated_at: DatedByDatabase;
};

/** Rows of `renditions`. */
export type RenditionsTable = {
  id: string;
  organisation_id: string;
  recording_id: string;
  format: AudioFormat;
  quality: string;
  target_lufs: LoudnessTarget | null;
  status: RenditionStatus;
  progress: Generated<number>;
  is_planned: boolean;
  filename: string;
  file_key: string | null;
  size_bytes: number | null;
  sha256: string | null;
  mime_type: string | null;
  duration_ms: number | null;
  error_code: string | null;
  error_message: string | null;
  job_id: string | null;
  run_id: string | null;
  heartbeat_at: DatedByDatabase;
  attempts: Generated<number>;
  started_at: Date | null;
  completed_at: Date | null;
  used_at: DatedByDatabase;
  created_at: DatedByDatabase;
  updated_at: DatedByDatabase;
};

/** Rows of `retention_rules` (migration 0012); absent members never remove anything. */
export type RetentionRulesTable = {
  organisation_id: string;
  unused_renditions_days: number | null;
  originals_days: number | null;
  updated_at: DatedByDatabase;
};

/** Rows of `recording_analyses` (migration 0007). */
export type RecordingAnalysesTable = {
  recording_id: string;
  organisation_id: string;
  version: number;
  status: 'completed' | 'error';
  error_message: string | null;
  loudness_state: RecordingAnalysis['loudnessState'];
  integrated_lufs: number | null;
  range_lu: number | null;
  max_momentary_lufs: number | null;
  max_short_term_lufs: number | null;
  true_peak_dbtp: number | null;
  sample_peak_dbfs: number | null;
  sample_rate: number | null;
  channels: number | null;
  silent_ms: number | null;
  clipped_runs: number | null;
  clipped_samples: number | null;
  centroid_hz: number | null;
  bandwidth_hz: number | null;
  rolloff_hz: number | null;
  band_limit_hz: number | null;
  faults: JsonColumn<RecordingAnalysis['faults']>;
  tags: JsonColumn<RecordingAnalysis['tags']>;
  details_key: string | null;
  details_sha256: string | null;
  spectrogram_key: string | null;
  spectrogram_sha256: string | null;
  cover_key: string | null;
  cover_sha256: string | null;
  analysed_at: DatedByDatabase;
};

/** Rows of `signing_keys` (migration 0008). */
export type SigningKeysTable = {
  organisation_id: string;
  generation: number;
  kid: string;
  sealed_secret: Buffer;
  created_by: string | null;
  created_at: Date;
};

/** Rows of `uploads`. */
export type UploadsTable = {
  id: string;
  organisation_id: string;
  created_by: string;
  size_bytes: number;
  offset_bytes: Generated<number>;
  metadata: string | null;
  filename: string | null;
  title: string | null;
  language: string | null;
  original_key: string;
  writer_id: string | null;
  writer_seen_at: Date | null;
  expires_at: Date;
  completed_at: Date | null;
  created_at: Date;
};

/** Rows of `recording_chapters` (migration 0011). */
export type RecordingChaptersTable = {
  recording_id: string;
  organisation_id: string;
  position: number;
  start_ms: number;
  end_ms: number;
  title: string;
  source: 'source' | 'file';
};

/** Rows of `recording_captions`. */
export type RecordingCaptionsTable = {
  recording_id: string;
  organisation_id: string;
  position: number;
  language: string | null;
  name: string;
  bytes: Buffer;
};

/** Rows of `recording_fingerprints` (migration 0013). */
export type RecordingFingerprintsTable = {
  recording_id: string;
  organisation_id: string;
  values: Buffer;
  sketch: number[];
  made_at: Generated<Date>;
};

/** The media module's part of the database. */
// A type alias: Kysely's withTables wants an implicit index signature, which interfaces lack.
export type MediaTables = {
  recordings: RecordingsTable;
  renditions: RenditionsTable;
  retention_rules: RetentionRulesTable;
  signing_keys: SigningKeysTable;
  uploads: UploadsTable;
  recording_analyses: RecordingAnalysesTable;
  recording_fingerprints: RecordingFingerprintsTable;
  recording_chapters: RecordingChaptersTable;
  recording_captions: RecordingCaptionsTable;
};
