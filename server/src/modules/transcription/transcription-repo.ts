import { sql } from 'kysely';
import { changesSome, type Executor } from '../../kernel/db/db.ts';
import type { JobPriority } from '../../kernel/jobs/job.ts';
import type { TranscriptionTables } from './tables.ts';
import type { Transcription, TranscriptionSource, TranscriptionStatus } from './transcription.ts';
import { TRANSCRIPTION_COLUMNS } from './transcription-columns.ts';

/** What a new transcription is made of; the rest comes with the work. */
export interface NewTranscription {
  id: string;
  projectId: string;
  recordingId: string;
  source: TranscriptionSource;
  status: 'pending' | 'queued' | 'processing';
  priority: JobPriority;
  language: string;
  model: string | null;
  initialPrompt: string | null;
  useVad: boolean;
  createdBy: string | null;
}

function tables(q: Executor) {
  return q.withTables<TranscriptionTables>();
}

/**
 * Whatever is decided about the transcriptions of one recording is decided by one transaction at a time, and never
 * while the recording is being removed: that would wait for our rows while we wait for its.
 */
export async function lockRecordingWork(
  q: Executor,
  organisationId: string,
  recordingId: string,
): Promise<void> {
  await tables(q)
    .selectFrom('media_recordings')
    .select('recording_id')
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .forKeyShare()
    .execute();
  const key = `transcription:${organisationId}:${recordingId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(q);
}

/** Adds a transcription at its first stage. */
export async function insertTranscription(
  q: Executor,
  organisationId: string,
  wanted: NewTranscription,
): Promise<Transcription> {
  return tables(q)
    .insertInto('transcriptions')
    .values({
      id: wanted.id,
      organisation_id: organisationId,
      project_id: wanted.projectId,
      recording_id: wanted.recordingId,
      source: wanted.source,
      status: wanted.status,
      stage: 'prepare',
      priority: wanted.priority,
      language: wanted.language,
      model: wanted.model,
      initial_prompt: wanted.initialPrompt,
      use_vad: wanted.useVad,
      created_by: wanted.createdBy,
      queued_at: wanted.status === 'queued' ? sql<Date>`now()` : null,
    })
    .returning(TRANSCRIPTION_COLUMNS)
    .executeTakeFirstOrThrow();
}

/** Null when the organisation has no such transcription. */
export async function findTranscription(
  q: Executor,
  organisationId: string,
  id: string,
): Promise<Transcription | null> {
  const row = await tables(q)
    .selectFrom('transcriptions')
    .select(TRANSCRIPTION_COLUMNS)
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** Of these recordings, those that a transcription is at work on, or waits for. */
export async function unfinishedAmongAcrossOrganisations(
  q: Executor,
  recordingIds: readonly string[],
): Promise<string[]> {
  const rows = await tables(q)
    .selectFrom('transcriptions')
    .select('recording_id as recordingId')
    .distinct()
    .where('recording_id', 'in', recordingIds)
    .where('status', 'not in', ['done', 'error'])
    .execute();
  return rows.map(({ recordingId }) => recordingId);
}

/** All of one recording, newest first. */
export async function transcriptionsOf(
  q: Executor,
  organisationId: string,
  recordingId: string,
): Promise<Transcription[]> {
  return tables(q)
    .selectFrom('transcriptions')
    .select(TRANSCRIPTION_COLUMNS)
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

/** Names the job that is to do the work, for a transcription queued in the same transaction. */
export async function setTranscriptionJob(
  q: Executor,
  organisationId: string,
  id: string,
  jobId: string,
): Promise<void> {
  await tables(q)
    .updateTable('transcriptions')
    .set({ job_id: jobId })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}

/** Its sound is there: from now on it waits in the queue. False when it was not pending. */
export async function saveQueued(q: Executor, organisationId: string, id: string): Promise<boolean> {
  const update = tables(q)
    .updateTable('transcriptions')
    .set({ status: 'queued', queued_at: sql`now()`, heartbeat_at: sql`now()`, updated_at: sql`now()` })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('status', '=', 'pending');
  return changesSome(update);
}

/** Ends unfinished work from outside: a person's wish, or sound that will never come; null when there is none. */
export async function endUnfinished(
  q: Executor,
  organisationId: string,
  id: string,
  error: { code: string; message: string },
  from: readonly TranscriptionStatus[] = ['pending', 'queued', 'processing', 'transcribed'],
): Promise<Transcription | null> {
  const row = await tables(q)
    .updateTable('transcriptions')
    .set({
      status: 'error',
      error_code: error.code,
      error_message: error.message,
      run_id: null,
      finished_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('status', 'in', from)
    .returning(TRANSCRIPTION_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Puts failed work back at the stage it had reached; null when it has not failed. */
export async function requeueFailed(
  q: Executor,
  organisationId: string,
  id: string,
  status: 'pending' | 'queued',
): Promise<Transcription | null> {
  const row = await tables(q)
    .updateTable('transcriptions')
    .set({
      status,
      error_code: null,
      error_message: null,
      attempts: 0,
      faults: 0,
      run_id: null,
      queued_at: status === 'queued' ? sql<Date>`now()` : null,
      finished_at: null,
      heartbeat_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('status', '=', 'error')
    .where('source', '=', 'engine')
    .returning(TRANSCRIPTION_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Removes it with its chunks and segments; null when there is none. */
export async function deleteTranscription(
  q: Executor,
  organisationId: string,
  id: string,
): Promise<{ recordingId: string; jobId: string | null } | null> {
  const row = await tables(q)
    .deleteFrom('transcriptions')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .returning(['recording_id as recordingId', 'job_id as jobId'])
    .executeTakeFirst();
  return row ?? null;
}
