import { sql } from 'kysely';
import type { Executor, Tx } from '../../../kernel/db/db.ts';
import type { MediaTables } from '../tables.ts';
import { LEASE_MS, type ResumableUpload } from './resumable.ts';

function tables(q: Executor) {
  return q.withTables<MediaTables>();
}

const COLUMNS = [
  'id',
  'organisation_id as organisationId',
  'created_by as createdBy',
  'size_bytes as sizeBytes',
  'offset_bytes as offsetBytes',
  'metadata',
  'filename',
  'title',
  'language',
  'original_key as originalKey',
  'expires_at as expiresAt',
  'completed_at as completedAt',
] as const;

const now = sql<Date>`now()`;
/** Nobody writes, or whoever did has not been heard of for too long. */
const isFree = sql<boolean>`(writer_id is null or writer_seen_at < now() - make_interval(secs => ${LEASE_MS / 1000}))`;

/** One upload, named with its organisation. */
export interface UploadRef {
  organisationId: string;
  id: string;
}

export async function insertUpload(
  q: Executor,
  organisationId: string,
  upload: Omit<ResumableUpload, 'organisationId' | 'completedAt' | 'offsetBytes'>,
  createdAt: Date,
): Promise<void> {
  await tables(q)
    .insertInto('uploads')
    .values({
      id: upload.id,
      organisation_id: organisationId,
      created_by: upload.createdBy,
      size_bytes: upload.sizeBytes,
      metadata: upload.metadata,
      filename: upload.filename,
      title: upload.title,
      language: upload.language,
      original_key: upload.originalKey,
      expires_at: upload.expiresAt,
      created_at: createdAt,
    })
    .execute();
}

/** Unfinished uploads and what is still to come of them. Until the transaction ends no other one counts. */
export async function countUnfinished(
  tx: Tx,
  organisationId: string,
  personId: string,
): Promise<{ ofPerson: number; ofOrganisation: number }> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`uploads:${organisationId}`}, 0))`.execute(tx);
  const row = await tables(tx)
    .selectFrom('uploads')
    .select((e) => [
      e.fn.countAll<number>().as('ofOrganisation'),
      e.fn.countAll<number>().filterWhere('created_by', '=', personId).as('ofPerson'),
    ])
    .where('organisation_id', '=', organisationId)
    .where('completed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return { ofPerson: Number(row.ofPerson), ofOrganisation: Number(row.ofOrganisation) };
}

/** Bytes that unfinished uploads of the organisation were announced with: they count as if they were there. */
export async function sumUnfinishedBytes(q: Executor, organisationId: string): Promise<number> {
  const row = await tables(q)
    .selectFrom('uploads')
    .select((e) => e.fn.sum<number | null>('size_bytes').as('bytes'))
    .where('organisation_id', '=', organisationId)
    .where('completed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.bytes ?? 0);
}

export async function findUpload(
  q: Executor,
  { organisationId, id }: UploadRef,
): Promise<(ResumableUpload & { isFree: boolean }) | null> {
  const row = await tables(q)
    .selectFrom('uploads')
    .select(COLUMNS)
    .select(isFree.as('isFree'))
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** Makes `writerId` the one writer; null unless it stands at `offsetBytes`, is unfinished and nobody else writes. */
export async function claimUpload(
  q: Executor,
  { organisationId, id }: UploadRef,
  writerId: string,
  offsetBytes: number,
): Promise<ResumableUpload | null> {
  const row = await tables(q)
    .updateTable('uploads')
    .set({ writer_id: writerId, writer_seen_at: now })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('offset_bytes', '=', offsetBytes)
    .where('completed_at', 'is', null)
    .where(isFree)
    .returning(COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Notes that the writer is there and how much is safe; false when it is the writer no more. */
export async function renewWriter(
  q: Executor,
  { organisationId, id }: UploadRef,
  writerId: string,
  at: { offsetBytes: number; expiresAt: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await tables(q)
    .updateTable('uploads')
    .set({ offset_bytes: at.offsetBytes, expires_at: at.expiresAt, writer_seen_at: now })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('writer_id', '=', writerId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Lets the next writer in; harmless when it already came. */
export async function releaseWriter(
  q: Executor,
  { organisationId, id }: UploadRef,
  writerId: string,
): Promise<void> {
  await tables(q)
    .updateTable('uploads')
    .set({ writer_id: null, writer_seen_at: null })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('writer_id', '=', writerId)
    .execute();
}

/** Marks it as a recording, once: false when another writer took over or it is gone. */
export async function completeUpload(
  tx: Tx,
  { organisationId, id }: UploadRef,
  writerId: string,
  at: { completedAt: Date; expiresAt: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await tables(tx)
    .updateTable('uploads')
    .set({
      completed_at: at.completedAt,
      expires_at: at.expiresAt,
      writer_id: null,
      writer_seen_at: null,
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('writer_id', '=', writerId)
    .where('completed_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Forgets an upload, whoever writes it; false when there was none. */
export async function deleteUpload(q: Executor, { organisationId, id }: UploadRef): Promise<boolean> {
  const { numDeletedRows } = await tables(q)
    .deleteFrom('uploads')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Whole ones that nobody is making a recording of: their writer died in between. */
export function listWholeAcrossOrganisations(q: Executor, limit: number): Promise<ResumableUpload[]> {
  return tables(q)
    .selectFrom('uploads')
    .select(COLUMNS)
    .where('completed_at', 'is', null)
    .whereRef('offset_bytes', '=', 'size_bytes')
    .where(isFree)
    .orderBy('created_at')
    .limit(limit)
    .execute();
}

/** Those whose time is over, unless someone is writing. */
export function listExpiredAcrossOrganisations(
  q: Executor,
  at: Date,
  limit: number,
): Promise<ResumableUpload[]> {
  return tables(q)
    .selectFrom('uploads')
    .select(COLUMNS)
    .where('expires_at', '<', at)
    .where(isFree)
    .orderBy('expires_at')
    .limit(limit)
    .execute();
}

/** Which of these ids are uploads that still need their unfinished file. */
export async function unfinishedAcrossOrganisations(
  q: Executor,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tables(q)
    .selectFrom('uploads')
    .select('id')
    .where('id', 'in', ids)
    .where('completed_at', 'is', null)
    .execute();
  return new Set(rows.map(({ id }) => id));
}
