import { sql } from 'kysely';
import { changesSome, type Executor } from '../../../kernel/db/db.ts';
import { MAX_FAULTS, type Recording } from '../recording.ts';
import { RECORDING_COLUMNS } from '../recording-columns.ts';
import {
  factColumns,
  findRecording,
  type OriginalFile,
  originalColumns,
  type ProbedFacts,
} from '../recording-repo.ts';
import type { MediaTables } from '../tables.ts';
import type { WorkNote } from './work-note.ts';

/**
 * What a run of the extraction writes. Each write names the run and does nothing once another run, a person's
 * cancel or a removal has taken the row away: it then answers false, and the run must stop.
 */
export interface RunKey {
  organisationId: string;
  recordingId: string;
  runId: string;
}

function ownedRow(q: Executor, { organisationId, recordingId, runId }: RunKey) {
  return q
    .withTables<MediaTables>()
    .updateTable('recordings')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', recordingId)
    .where('run_id', '=', runId)
    .where('status', '=', 'processing')
    .where('trashed_at', 'is', null);
}

/**
 * Takes the recording for a run, from the queue or from an earlier run; null when there is nothing to do. The queue
 * holds one live job per recording, so an earlier run is dead or given up: the latest always wins.
 */
export async function claimRecording(q: Executor, key: RunKey, jobId: string): Promise<Recording | null> {
  const claimed = await q
    .withTables<MediaTables>()
    .updateTable('recordings')
    .set({
      status: 'processing',
      run_id: key.runId,
      job_id: jobId,
      attempts: sql<number>`attempts + 1`,
      heartbeat_at: sql`now()`,
      started_at: sql<Date>`coalesce(started_at, now())`,
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', key.organisationId)
    .where('id', '=', key.recordingId)
    .where('status', 'in', ['queued', 'processing'])
    .where('trashed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return claimed ? findRecording(q, key.organisationId, key.recordingId) : null;
}

/** Writes the percent, what is being done, and that the run is alive. */
export function saveProgress(
  q: Executor,
  key: RunKey,
  progress: number,
  note: WorkNote | null = null,
): Promise<boolean> {
  return changesSome(
    ownedRow(q, key).set({
      progress,
      work_note: note === null ? null : JSON.stringify(note),
      heartbeat_at: sql`now()`,
      updated_at: sql`now()`,
    }),
  );
}

/** A run that has not written for so long is dead, or its worker is; runs write every five seconds. */
const DEAD_SECONDS = 20;

/**
 * Waits for others that decide the same, and answers how many recordings are being worked on beside this one, in
 * all worker processes. Until the transaction ends nobody else may begin.
 */
export async function countOthersAtWorkAcrossOrganisations(
  q: Executor,
  recordingId: string,
): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtext('media.extraction-begins'))`.execute(q);
  const { running } = await q
    .withTables<MediaTables>()
    .selectFrom('recordings')
    .select((e) => e.fn.countAll<number>().as('running'))
    .where('status', '=', 'processing')
    .where('id', '<>', recordingId)
    .where('heartbeat_at', '>', sql<Date>`now() - make_interval(secs => ${DEAD_SECONDS})`)
    .executeTakeFirstOrThrow();
  return Number(running);
}

/** The fetched file is stored: the next stage is `probe`. */
export function saveOriginal(q: Executor, key: RunKey, file: OriginalFile): Promise<boolean> {
  return changesSome(
    ownedRow(q, key).set({
      ...originalColumns(file),
      stage: 'probe',
      attempts: 0,
      faults: 0,
      heartbeat_at: sql`now()`,
    }),
  );
}

/** The file is known: the next stage is `encode`. */
export function saveFacts(q: Executor, key: RunKey, facts: ProbedFacts): Promise<boolean> {
  return changesSome(
    ownedRow(q, key).set({
      ...factColumns(facts),
      stage: 'encode',
      heartbeat_at: sql`now()`,
    }),
  );
}

/** The end: everything is stored and may be seen. Belongs in one transaction with the renditions and the event. */
export function saveReady(
  q: Executor,
  key: RunKey,
  result: { durationMs: number; waveformKey: string; waveformSha256: string },
): Promise<boolean> {
  return changesSome(
    ownedRow(q, key).set({
      status: 'ready',
      stage: 'done',
      progress: 100,
      duration_ms: result.durationMs,
      waveform_key: result.waveformKey,
      waveform_sha256: result.waveformSha256,
      run_id: null,
      completed_at: sql`now()`,
      updated_at: sql`now()`,
    }),
  );
}

/** The end without sound. */
export function saveFailure(
  q: Executor,
  key: RunKey,
  error: { code: string; message: string },
): Promise<boolean> {
  return changesSome(
    ownedRow(q, key).set({
      status: 'error',
      error_code: error.code,
      error_message: error.message,
      run_id: null,
      updated_at: sql`now()`,
    }),
  );
}

/** Back to the queue; a fault counts, a worker's stopping does not. False too when the faults are used up. */
export function saveRequeued(q: Executor, key: RunKey, reason: 'fault' | 'stopping'): Promise<boolean> {
  const row = ownedRow(q, key).set({
    status: 'queued',
    run_id: null,
    attempts: sql<number>`greatest(attempts - 1, 0)`,
    heartbeat_at: sql`now()`,
    updated_at: sql`now()`,
  });
  if (reason === 'stopping') return changesSome(row);
  return changesSome(row.set({ faults: sql<number>`faults + 1` }).where('faults', '<', MAX_FAULTS - 1));
}

/** Names the job that is to do the work, for a recording just queued in the same transaction. */
export async function setRecordingJob(
  q: Executor,
  organisationId: string,
  id: string,
  jobId: string | null,
): Promise<void> {
  await q
    .withTables<MediaTables>()
    .updateTable('recordings')
    .set({ job_id: jobId })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}

/** Ends unfinished work by a person's wish; null when there is none. */
export async function cancelRecording(
  q: Executor,
  organisationId: string,
  id: string,
  error: { code: string; message: string },
): Promise<Recording | null> {
  const row = await q
    .withTables<MediaTables>()
    .updateTable('recordings')
    .set({
      status: 'error',
      error_code: error.code,
      error_message: error.message,
      run_id: null,
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('status', 'in', ['queued', 'processing'])
    .where('trashed_at', 'is', null)
    .returning(RECORDING_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Puts failed work back in the queue at the stage it had reached; null when it has not failed. */
export async function requeueFailed(
  q: Executor,
  organisationId: string,
  id: string,
): Promise<Recording | null> {
  const row = await q
    .withTables<MediaTables>()
    .updateTable('recordings')
    .set({
      status: 'queued',
      progress: 0,
      error_code: null,
      error_message: null,
      same_source_as: null,
      work_note: null,
      attempts: 0,
      faults: 0,
      run_id: null,
      heartbeat_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('status', '=', 'error')
    .where('trashed_at', 'is', null)
    .returning(RECORDING_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** A row whose work has been silent for too long. */
export interface StaleWork {
  id: string;
  organisationId: string;
}

/** Unfinished recordings that nobody has touched for so long, locked until the transaction ends. */
export async function lockStaleRecordingsAcrossOrganisations(
  q: Executor,
  staleSeconds: number,
  atMost: number,
): Promise<(StaleWork & { priority: Recording['priority'] })[]> {
  return q
    .withTables<MediaTables>()
    .selectFrom('recordings')
    .select(['id', 'organisation_id as organisationId', 'priority'])
    .where('status', 'in', ['queued', 'processing'])
    .where('trashed_at', 'is', null)
    .where('heartbeat_at', '<', sql<Date>`now() - make_interval(secs => ${staleSeconds})`)
    .orderBy('heartbeat_at')
    .limit(atMost)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** Notes that a stale recording was looked at; with a job id, that it waits for that new job. */
export async function markLookedAt(
  q: Executor,
  organisationId: string,
  id: string,
  jobId: string | null,
): Promise<void> {
  await q
    .withTables<MediaTables>()
    .updateTable('recordings')
    .set({
      heartbeat_at: sql`now()`,
      ...(jobId === null ? {} : { status: 'queued' as const, run_id: null, job_id: jobId }),
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}
