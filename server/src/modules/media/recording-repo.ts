import { sql } from 'kysely';
import type { Executor } from '../../kernel/db/db.ts';
import type { JobPriority } from '../../kernel/jobs/job.ts';
import type { Recording, RecordingSource, RecordingStage, RecordingStatus, Visibility } from './recording.ts';
import { RECORDING_COLUMNS } from './recording-columns.ts';
import type { AudioFormat } from './renditions/rendition.ts';
import type { MediaTables } from './tables.ts';

/** What a new recording is made of; the rest has defaults or comes with the work. */
export interface NewRecording {
  id: string;
  title: string;
  language: string | null;
  visibility: Visibility;
  source: RecordingSource;
  sourceUrl: string | null;
  stage: RecordingStage;
  wantedFormat: AudioFormat;
  wantedQuality: string;
  priority: JobPriority;
  createdBy: string | null;
  original?: OriginalFile & Partial<ProbedFacts>;
}

/** The file as it came. */
export interface OriginalFile {
  originalKey: string;
  filename: string | null;
  sizeBytes: number;
  sha256: string;
}

/** What the file really is, from its content. */
export interface ProbedFacts {
  mimeType: string;
  container: string;
  codec: string;
  audioStreamIndex: number;
  hasVideo: boolean;
  durationMs: number;
  sampleRate: number;
  channels: number;
  bitrateKbps: number | null;
}

function tables(q: Executor) {
  return q.withTables<MediaTables>();
}

/** The file as it came, as columns. */
export function originalColumns(original: OriginalFile) {
  return {
    original_key: original.originalKey,
    filename: original.filename,
    size_bytes: original.sizeBytes,
    sha256: original.sha256,
  };
}

/** What the file really is, as columns. */
export function factColumns(facts: Partial<ProbedFacts>) {
  return {
    mime_type: facts.mimeType,
    container: facts.container,
    codec: facts.codec,
    audio_stream_index: facts.audioStreamIndex,
    has_video: facts.hasVideo,
    duration_ms: facts.durationMs,
    sample_rate: facts.sampleRate,
    channels: facts.channels,
    bitrate_kbps: facts.bitrateKbps,
  };
}

/** Adds a queued recording; null when its address is already in the organisation and not in error. */
export async function insertRecording(
  q: Executor,
  organisationId: string,
  recording: NewRecording,
): Promise<Recording | null> {
  const row = await tables(q)
    .insertInto('recordings')
    .values({
      id: recording.id,
      organisation_id: organisationId,
      title: recording.title,
      language: recording.language,
      visibility: recording.visibility,
      source: recording.source,
      source_url: recording.sourceUrl,
      status: 'queued',
      stage: recording.stage,
      wanted_format: recording.wantedFormat,
      wanted_quality: recording.wantedQuality,
      priority: recording.priority,
      created_by: recording.createdBy,
      ...(recording.original
        ? { ...originalColumns(recording.original), ...factColumns(recording.original) }
        : {}),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['organisation_id', 'source_url'])
        .where('source_url', 'is not', null)
        .where('status', '<>', 'error')
        .where('trashed_at', 'is', null)
        .doNothing(),
    )
    .returning(RECORDING_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Null when the organisation has no such recording, or it is in the trash. */
export async function findRecording(
  q: Executor,
  organisationId: string,
  id: string,
): Promise<Recording | null> {
  const row = await tables(q)
    .selectFrom('recordings')
    .select(RECORDING_COLUMNS)
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('trashed_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** What a list is narrowed to, and which stretch of it. */
export interface RecordingFilter {
  status?: RecordingStatus | undefined;
  titleWords: readonly string[];
  /** Readers from outside see what is public and plays, nothing else. */
  publicOnly: boolean;
  limit: number;
  offset: number;
}

/** One page, newest first, with the exact total. */
export async function listRecordings(
  q: Executor,
  organisationId: string,
  filter: RecordingFilter,
): Promise<{ recordings: Recording[]; total: number }> {
  let matching = tables(q)
    .selectFrom('recordings')
    .where('organisation_id', '=', organisationId)
    .where('trashed_at', 'is', null);
  if (filter.status) matching = matching.where('status', '=', filter.status);
  if (filter.publicOnly) matching = matching.where('visibility', '=', 'public').where('status', '=', 'ready');
  for (const word of filter.titleWords) {
    matching = matching.where('title', 'ilike', `%${word.replace(/[\\%_]/g, '\\$&')}%`);
  }
  const [recordings, counted] = await Promise.all([
    matching
      .select(RECORDING_COLUMNS)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(filter.limit)
      .offset(filter.offset)
      .execute(),
    matching.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { recordings, total: Number(counted.total) };
}

/** What a person may change. Absent members stay as they are. */
export interface RecordingChanges {
  title?: string | undefined;
  language?: string | null | undefined;
  visibility?: Visibility | undefined;
}

/** Changes what is given; null when the organisation has no such recording. */
export async function updateRecording(
  q: Executor,
  organisationId: string,
  id: string,
  changes: RecordingChanges,
): Promise<Recording | null> {
  const row = await tables(q)
    .updateTable('recordings')
    .set({
      title: changes.title,
      language: changes.language,
      visibility: changes.visibility,
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('trashed_at', 'is', null)
    .returning(RECORDING_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Removes the row (its renditions go along) and tells which files it leaves behind; null when there is none. */
export async function deleteRecording(
  q: Executor,
  organisationId: string,
  id: string,
): Promise<{ keys: string[]; jobId: string | null } | null> {
  const renditions = await tables(q)
    .selectFrom('renditions')
    .select('file_key')
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', id)
    .execute();
  const analysis = await tables(q)
    .selectFrom('recording_analyses')
    .select(['details_key', 'spectrogram_key', 'cover_key'])
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', id)
    .executeTakeFirst();
  const removed = await tables(q)
    .deleteFrom('recordings')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .returning(['original_key', 'waveform_key', 'job_id'])
    .executeTakeFirst();
  if (!removed) return null;
  const keys = [
    removed.original_key,
    removed.waveform_key,
    ...renditions.map((row) => row.file_key),
    ...Object.values(analysis ?? {}),
  ];
  return { keys: keys.filter((key) => key !== null), jobId: removed.job_id };
}
