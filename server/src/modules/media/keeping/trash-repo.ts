import { sql } from 'kysely';
import { changesSome, type Executor, type Tx } from '../../../kernel/db/db.ts';
import { codeOf } from '../../../kernel/reason-of.ts';
import type { Recording, RecordingStatus } from '../recording.ts';
import { RECORDING_COLUMNS } from '../recording-columns.ts';
import type { MediaTables } from '../tables.ts';

function tables(q: Executor) {
  return q.withTables<MediaTables>();
}

/** A recording that can still be brought back. */
export interface TrashedRecording extends Recording {
  trashedAt: Date;
}

/** Holds a recording, trashed or not, until the transaction ends; null when the organisation has none. */
export async function lockAnyRecording(
  q: Executor,
  organisationId: string,
  id: string,
): Promise<{ isTrashed: boolean; jobId: string | null } | null> {
  const row = await tables(q)
    .selectFrom('recordings')
    .select(['trashed_at', 'job_id'])
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row ? { isTrashed: row.trashed_at !== null, jobId: row.job_id } : null;
}

/** A recording, trashed or not; null when the organisation has none. */
export async function findAnyRecording(
  q: Executor,
  organisationId: string,
  id: string,
): Promise<Recording | null> {
  const row = await tables(q)
    .selectFrom('recordings')
    .select(RECORDING_COLUMNS)
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

const FOREIGN_KEY_VIOLATION = '23503';

/**
 * Whether something of a later module holds on to the recording. The database knows who refers to it, and tells when
 * it is removed: so it is, and put back at once.
 */
export async function isReferenced(tx: Tx, organisationId: string, id: string): Promise<boolean> {
  await sql`savepoint removal`.execute(tx);
  try {
    await tables(tx)
      .deleteFrom('recordings')
      .where('organisation_id', '=', organisationId)
      .where('id', '=', id)
      .execute();
    return false;
  } catch (error) {
    if (codeOf(error) !== FOREIGN_KEY_VIOLATION) throw error;
    return true;
  } finally {
    await sql`rollback to savepoint removal`.execute(tx);
  }
}

/** Hides the recording from everyone; a run at work on it loses its row. False when it is hidden already. */
export function putInTrash(
  q: Executor,
  organisationId: string,
  id: string,
  personId: string | null,
): Promise<boolean> {
  return changesSome(
    tables(q)
      .updateTable('recordings')
      .set({ trashed_at: sql<Date>`now()`, trashed_by: personId, run_id: null })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', id)
      .where('trashed_at', 'is', null),
  );
}

/**
 * Shows a trashed recording again; null when there is none. Work that was under way begins again where it was saved.
 * Breaks `recordings_one_per_source` when its address was imported anew.
 */
export async function takeFromTrash(
  q: Executor,
  organisationId: string,
  id: string,
): Promise<Recording | null> {
  const row = await tables(q)
    .updateTable('recordings')
    .set({
      trashed_at: null,
      trashed_by: null,
      status: sql<RecordingStatus>`case when status = 'processing' then 'queued' else status end`,
      heartbeat_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('trashed_at', 'is not', null)
    .returning(RECORDING_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** One page of the trash, what was removed last first, with the exact total. */
export async function listTrash(
  q: Executor,
  organisationId: string,
  window: { limit: number; offset: number },
): Promise<{ recordings: TrashedRecording[]; total: number }> {
  const trashed = tables(q)
    .selectFrom('recordings')
    .where('organisation_id', '=', organisationId)
    .where('trashed_at', 'is not', null);
  const [recordings, counted] = await Promise.all([
    trashed
      .select([...RECORDING_COLUMNS, sql<Date>`trashed_at`.as('trashedAt')])
      .orderBy('trashed_at', 'desc')
      .orderBy('id', 'desc')
      .limit(window.limit)
      .offset(window.offset)
      .execute(),
    trashed.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { recordings, total: Number(counted.total) };
}

/** What has been in the trash for so long, the longest first. */
export async function listExpiredTrashAcrossOrganisations(
  q: Executor,
  days: number,
  atMost: number,
): Promise<{ organisationId: string; id: string }[]> {
  return tables(q)
    .selectFrom('recordings')
    .select(['organisation_id as organisationId', 'id'])
    .where('trashed_at', '<=', sql<Date>`now() - make_interval(days => ${days})`)
    .orderBy('trashed_at')
    .limit(atMost)
    .execute();
}
