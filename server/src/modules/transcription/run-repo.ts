import { sql } from 'kysely';
import { changesSome, type Executor } from '../../kernel/db/db.ts';
import type { JobPriority } from '../../kernel/jobs/job.ts';
import type { TranscriptionTables } from './tables.ts';
import { MAX_FAULTS, type Transcription, type TranscriptionStatus } from './transcription.ts';
import { TRANSCRIPTION_COLUMNS } from './transcription-columns.ts';

/**
 * What a run writes. Each write names the run and does nothing once another run, a person's cancel or a removal has
 * taken the row away: it then answers false (or null), and the run must stop.
 */
export interface RunKey {
  organisationId: string;
  transcriptionId: string;
  runId: string;
}

function tables(q: Executor) {
  return q.withTables<TranscriptionTables>();
}

function ownedRow(q: Executor, { organisationId, transcriptionId, runId }: RunKey) {
  return tables(q)
    .updateTable('transcriptions')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', transcriptionId)
    .where('run_id', '=', runId)
    .where('status', 'in', ['processing', 'transcribed']);
}

/**
 * Takes the transcription for a run, from the queue or from an earlier run; null when there is nothing to do. The
 * queue holds one live job per transcription, so an earlier run is dead or given up: the latest always wins.
 */
export async function claimTranscription(
  q: Executor,
  key: RunKey,
  { jobId, worker }: { jobId: string | null; worker: string | null },
): Promise<Transcription | null> {
  const row = await tables(q)
    .updateTable('transcriptions')
    .set({
      status: sql<TranscriptionStatus>`case when stage = 'finish' then 'transcribed' else 'processing' end`,
      run_id: key.runId,
      job_id: jobId,
      worker,
      attempts: sql<number>`attempts + 1`,
      heartbeat_at: sql`now()`,
      started_at: sql<Date>`coalesce(started_at, now())`,
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', key.organisationId)
    .where('id', '=', key.transcriptionId)
    .where('status', 'in', ['queued', 'processing', 'transcribed'])
    .returning(TRANSCRIPTION_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Writes the percent and that the run is alive. */
export async function saveProgress(q: Executor, key: RunKey, percent: number): Promise<Transcription | null> {
  const row = await ownedRow(q, key)
    .set({
      progress: sql<number>`greatest(progress, ${percent}::smallint)`,
      heartbeat_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .returning(TRANSCRIPTION_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** The chunks are there (in the same transaction): the next stage is `recognise`. */
export function savePrepared(
  q: Executor,
  key: RunKey,
  plan: { engine: string | null; durationMs: number },
): Promise<boolean> {
  return changesSome(
    ownedRow(q, key).set({
      stage: 'recognise',
      engine: plan.engine,
      duration_ms: plan.durationMs,
      attempts: 0,
      faults: 0,
      heartbeat_at: sql`now()`,
      updated_at: sql`now()`,
    }),
  );
}

/** Back to the beginning, since another engine has come; its chunks go in the same transaction. */
export function saveStartedOver(q: Executor, key: RunKey): Promise<boolean> {
  return changesSome(
    ownedRow(q, key).set({ stage: 'prepare', engine: null, progress: 0, updated_at: sql`now()` }),
  );
}

/** One more chunk is there (in the same transaction): trouble before it counts no more. */
export function saveStep(q: Executor, key: RunKey, percent: number): Promise<boolean> {
  return changesSome(
    ownedRow(q, key).set({
      progress: sql<number>`greatest(progress, ${percent}::smallint)`,
      attempts: 0,
      faults: 0,
      heartbeat_at: sql`now()`,
      updated_at: sql`now()`,
    }),
  );
}

/** Every word is there: the next stage is `finish`. */
export function saveTranscribed(q: Executor, key: RunKey): Promise<boolean> {
  return changesSome(
    ownedRow(q, key).set({
      status: 'transcribed',
      stage: 'finish',
      transcribed_at: sql`now()`,
      heartbeat_at: sql`now()`,
      updated_at: sql`now()`,
    }),
  );
}

/** The end. Belongs in one transaction with the transcript and the event. */
export async function saveDone(
  q: Executor,
  key: RunKey,
  segmentCount: number,
): Promise<Transcription | null> {
  const row = await ownedRow(q, key)
    .set({
      status: 'done',
      stage: 'done',
      progress: 100,
      segment_count: segmentCount,
      run_id: null,
      transcribed_at: sql<Date>`coalesce(transcribed_at, now())`,
      finished_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .returning(TRANSCRIPTION_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** The end without a text; what was recognised stays for a retry. */
export async function saveFailure(
  q: Executor,
  key: RunKey,
  error: { code: string; message: string },
): Promise<Transcription | null> {
  const row = await ownedRow(q, key)
    .set({
      status: 'error',
      error_code: error.code,
      error_message: error.message,
      run_id: null,
      finished_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .returning(TRANSCRIPTION_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Back to the queue for a worker's stopping, which is nobody's fault. */
export function saveReleased(q: Executor, key: RunKey): Promise<boolean> {
  return changesSome(
    ownedRow(q, key).set({
      status: 'queued',
      run_id: null,
      attempts: sql<number>`greatest(attempts - 1, 0)`,
      heartbeat_at: sql`now()`,
      updated_at: sql`now()`,
    }),
  );
}

/**
 * Back to the queue after a fault, not to be looked at for so long; null when the row is lost or the faults are used
 * up. Names why it waits, for whoever watches.
 */
export async function saveFaulted(q: Executor, key: RunKey, delayMs: number): Promise<Transcription | null> {
  const row = await ownedRow(q, key)
    .set({
      status: 'queued',
      run_id: null,
      attempts: sql<number>`greatest(attempts - 1, 0)`,
      faults: sql<number>`faults + 1`,
      heartbeat_at: sql<Date>`now() + make_interval(secs => ${delayMs / 1000})`,
      updated_at: sql`now()`,
    })
    .where('faults', '<', MAX_FAULTS - 1)
    .returning(TRANSCRIPTION_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** A row whose work has been silent for too long. */
export interface StaleWork {
  id: string;
  organisationId: string;
  recordingId: string;
  status: TranscriptionStatus;
  priority: JobPriority;
}

/** Unfinished transcriptions that nobody has touched for so long, locked until the transaction ends. */
export async function lockStaleAcrossOrganisations(
  q: Executor,
  staleSeconds: number,
  atMost: number,
): Promise<StaleWork[]> {
  return tables(q)
    .selectFrom('transcriptions')
    .select(['id', 'organisation_id as organisationId', 'recording_id as recordingId', 'status', 'priority'])
    .where('status', 'in', ['pending', 'queued', 'processing', 'transcribed'])
    .where('heartbeat_at', '<', sql<Date>`now() - make_interval(secs => ${staleSeconds})`)
    .orderBy('heartbeat_at')
    .limit(atMost)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** Notes that a stale transcription was looked at; with a job id, that it waits for that new job. */
export async function markLookedAt(
  q: Executor,
  organisationId: string,
  id: string,
  jobId: string | null,
): Promise<void> {
  await tables(q)
    .updateTable('transcriptions')
    .set({
      heartbeat_at: sql`now()`,
      ...(jobId === null ? {} : { status: 'queued' as const, run_id: null, job_id: jobId }),
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}
