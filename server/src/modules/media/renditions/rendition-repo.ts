import { sql } from 'kysely';
import { changesSome, type Executor } from '../../../kernel/db/db.ts';
import { newId } from '../../../kernel/id.ts';
import type { MediaTables } from '../tables.ts';
import { type LevelledWish, type Rendition, renditionFilename, type Wish } from './rendition.ts';
import { RENDITION_COLUMNS } from './rendition-columns.ts';

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
    .select(RENDITION_COLUMNS)
    .where('organisation_id', '=', organisationId)
    .where('recording_id', 'in', recordingIds)
    .orderBy('id')
    .execute();
}

/** Null when nobody has asked for this format and quality yet. */
export async function findRenditionByWish(
  q: Executor,
  organisationId: string,
  recordingId: string,
  wish: LevelledWish,
): Promise<Rendition | null> {
  const row = await tables(q)
    .selectFrom('renditions')
    .select(RENDITION_COLUMNS)
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .where('format', '=', wish.format)
    .where('quality', '=', wish.quality)
    .where('target_lufs', 'is not distinct from', wish.normalised)
    .executeTakeFirst();
  return row ?? null;
}

/** Null when the organisation has no such rendition. */
export async function findRendition(
  q: Executor,
  organisationId: string,
  id: string,
): Promise<Rendition | null> {
  const row = await tables(q)
    .selectFrom('renditions')
    .select(RENDITION_COLUMNS)
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** Adds what is not there yet and answers only the rows that it added. */
export async function insertRenditions(
  q: Executor,
  organisationId: string,
  recordingId: string,
  wishes: readonly (Wish & Partial<LevelledWish>)[],
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
        target_lufs: wish.normalised ?? null,
        status: 'pending' as const,
        is_planned: isPlanned,
        filename: renditionFilename(recordingId, wish),
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['recording_id', 'format', 'quality', 'target_lufs']).doNothing(),
    )
    .returning(RENDITION_COLUMNS)
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
      progress: 100,
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
  return changesSome(update);
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
      progress: 0,
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
    .returning(RENDITION_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}
