import { sql } from 'kysely';
import type { Executor } from '../../kernel/db/db.ts';
import { newId } from '../../kernel/id.ts';
import { type Rendition, renditionFilename, type Wish } from './rendition.ts';
import type { MediaTables } from './tables.ts';

const COLUMNS = [
  'id',
  'organisation_id as organisationId',
  'recording_id as recordingId',
  'format',
  'quality',
  'status',
  'is_planned as isPlanned',
  'filename',
  'file_key as fileKey',
  'size_bytes as sizeBytes',
  'sha256',
  'mime_type as mimeType',
  'duration_ms as durationMs',
  'error_message as errorMessage',
  'job_id as jobId',
  'completed_at as completedAt',
] as const;

function tables(q: Executor) {
  return q.withTables<MediaTables>();
}

/** The renditions of several recordings, wished ones before later ones. */
export async function listRenditions(
  q: Executor,
  organisationId: string,
  recordingIds: readonly string[],
): Promise<Rendition[]> {
  if (recordingIds.length === 0) return [];
  return tables(q)
    .selectFrom('renditions')
    .select(COLUMNS)
    .where('organisation_id', '=', organisationId)
    .where('recording_id', 'in', recordingIds)
    .orderBy('id')
    .execute();
}

export async function findRendition(
  q: Executor,
  organisationId: string,
  id: string,
): Promise<Rendition | null> {
  const row = await tables(q)
    .selectFrom('renditions')
    .select(COLUMNS)
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

export async function findRenditionByWish(
  q: Executor,
  organisationId: string,
  recordingId: string,
  wish: Wish,
): Promise<Rendition | null> {
  const row = await tables(q)
    .selectFrom('renditions')
    .select(COLUMNS)
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .where('format', '=', wish.format)
    .where('quality', '=', wish.quality)
    .executeTakeFirst();
  return row ?? null;
}

/** Adds what is not there yet and answers only the rows that it added. */
export async function insertRenditions(
  q: Executor,
  organisationId: string,
  recordingId: string,
  wishes: readonly Wish[],
  isPlanned: boolean,
): Promise<Rendition[]> {
  return tables(q)
    .insertInto('renditions')
    .values(
      wishes.map((wish) => ({
        id: newId(),
        organisation_id: organisationId,
        recording_id: recordingId,
        format: wish.format,
        quality: wish.quality,
        status: 'pending' as const,
        is_planned: isPlanned,
        filename: renditionFilename(recordingId, wish),
      })),
    )
    .onConflict((conflict) => conflict.columns(['recording_id', 'format', 'quality']).doNothing())
    .returning(COLUMNS)
    .execute();
}

/** Moves the planned renditions of a recording that are not completed, following its own state. */
export async function setPlannedState(
  q: Executor,
  organisationId: string,
  recordingId: string,
  status: 'pending' | 'extracting' | 'error',
  errorMessage: string | null = null,
): Promise<void> {
  await tables(q)
    .updateTable('renditions')
    .set({
      status,
      error_message: errorMessage,
      ...(status === 'extracting' ? { started_at: sql<Date>`coalesce(started_at, now())` } : {}),
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .where('is_planned', '=', true)
    .where('status', '<>', 'completed')
    .execute();
}

/** A finished file of a rendition. */
export interface RenditionFile {
  fileKey: string;
  sizeBytes: number;
  sha256: string;
  mimeType: string;
  durationMs: number;
}

/** Makes a rendition visible. With `runId` only while that run still owns the row; answers whether it did. */
export async function completeRendition(
  q: Executor,
  organisationId: string,
  id: string,
  file: RenditionFile,
  runId?: string,
): Promise<boolean> {
  let update = tables(q)
    .updateTable('renditions')
    .set({
      status: 'completed',
      file_key: file.fileKey,
      size_bytes: file.sizeBytes,
      sha256: file.sha256,
      mime_type: file.mimeType,
      duration_ms: file.durationMs,
      error_code: null,
      error_message: null,
      run_id: null,
      completed_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('status', '<>', 'completed');
  if (runId !== undefined) update = update.where('run_id', '=', runId).where('status', '=', 'extracting');
  return (await update.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Names the job of a rendition that waits for one; a failed one starts again. */
export async function queueRendition(
  q: Executor,
  organisationId: string,
  id: string,
  jobId: string | null,
): Promise<Rendition | null> {
  const row = await tables(q)
    .updateTable('renditions')
    .set({
      status: 'pending',
      job_id: jobId,
      run_id: null,
      attempts: 0,
      error_code: null,
      error_message: null,
      heartbeat_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('status', 'in', ['pending', 'error'])
    .returning(COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** The run of one on-demand rendition; the same fencing as `RunKey` of extractions. */
export interface RenditionRun {
  organisationId: string;
  renditionId: string;
  runId: string;
}

export async function claimRendition(
  q: Executor,
  key: RenditionRun,
  jobId: string,
): Promise<(Rendition & { attempts: number }) | null> {
  const row = await tables(q)
    .updateTable('renditions')
    .set({
      status: 'extracting',
      run_id: key.runId,
      job_id: jobId,
      attempts: sql<number>`attempts + 1`,
      heartbeat_at: sql`now()`,
      started_at: sql<Date>`coalesce(started_at, now())`,
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', key.organisationId)
    .where('id', '=', key.renditionId)
    .where('is_planned', '=', false)
    .where('status', 'in', ['pending', 'extracting'])
    .returning([...COLUMNS, 'attempts'])
    .executeTakeFirst();
  return row ?? null;
}

export async function touchRendition(q: Executor, key: RenditionRun): Promise<boolean> {
  return ownedChange(q, key, {});
}

export async function failRendition(
  q: Executor,
  key: RenditionRun,
  error: { code: string; message: string },
): Promise<boolean> {
  return ownedChange(q, key, {
    status: 'error',
    error_code: error.code,
    error_message: error.message,
    run_id: null,
  });
}

export async function giveRenditionBack(q: Executor, key: RenditionRun): Promise<boolean> {
  return ownedChange(q, key, {
    status: 'pending',
    run_id: null,
    attempts: sql<number>`greatest(attempts - 1, 0)`,
  });
}

async function ownedChange(
  q: Executor,
  key: RenditionRun,
  change: {
    status?: 'error' | 'pending';
    error_code?: string;
    error_message?: string;
    run_id?: null;
    attempts?: ReturnType<typeof sql<number>>;
  },
): Promise<boolean> {
  const result = await tables(q)
    .updateTable('renditions')
    .set({ ...change, heartbeat_at: sql`now()`, updated_at: sql`now()` })
    .where('organisation_id', '=', key.organisationId)
    .where('id', '=', key.renditionId)
    .where('run_id', '=', key.runId)
    .where('status', '=', 'extracting')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** On-demand renditions that nobody has touched for so long, locked until the transaction ends. */
export async function lockStaleRenditionsAcrossOrganisations(
  q: Executor,
  staleSeconds: number,
  atMost: number,
): Promise<{ id: string; organisationId: string }[]> {
  return tables(q)
    .selectFrom('renditions')
    .select(['id', 'organisation_id as organisationId'])
    .where('is_planned', '=', false)
    .where('status', 'in', ['pending', 'extracting'])
    .where('heartbeat_at', '<', sql<Date>`now() - make_interval(secs => ${staleSeconds})`)
    .orderBy('heartbeat_at')
    .limit(atMost)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** Notes that a stale rendition was looked at; with a job id, that it waits for that new job. */
export async function markRenditionLookedAt(
  q: Executor,
  organisationId: string,
  id: string,
  jobId: string | null,
): Promise<void> {
  await tables(q)
    .updateTable('renditions')
    .set({
      heartbeat_at: sql`now()`,
      ...(jobId === null ? {} : { status: 'pending' as const, run_id: null, job_id: jobId }),
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}

/** Which of these storage keys a recording or rendition refers to. */
export async function referencedKeysAcrossOrganisations(
  q: Executor,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const files = tables(q).selectFrom('renditions').select('file_key as key').where('file_key', 'in', keys);
  const originals = tables(q)
    .selectFrom('recordings')
    .select('original_key as key')
    .where('original_key', 'in', keys);
  const waveforms = tables(q)
    .selectFrom('recordings')
    .select('waveform_key as key')
    .where('waveform_key', 'in', keys);
  const rows = await files.union(originals).union(waveforms).execute();
  return new Set(rows.flatMap(({ key }) => (key === null ? [] : [key])));
}
