import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Executor } from '../../kernel/db/db.ts';
import type { Debat } from './debat.ts';
import type { ArchiveTables, DebatsTable } from './tables.ts';

const COLUMNS = [
  'id',
  'organisation_id',
  'title',
  'status',
  'visibility',
  'date',
  'start_time',
  'end_time',
  'duration_minutes',
  'source_url',
  'has_audio',
  'recording_id',
  'owns_recording',
] as const;
type Row = Pick<Selectable<DebatsTable>, (typeof COLUMNS)[number]>;

/** The columns that use-cases change; the rest is the database's. */
export type DebatColumns = Omit<
  Updateable<DebatsTable>,
  'id' | 'organisation_id' | 'created_at' | 'created_by'
>;
/** Every column of a new débat. */
export type NewDebatColumns = Omit<Insertable<DebatsTable>, 'organisation_id'>;

const archive = (q: Executor) => q.withTables<ArchiveTables>();

function toDebat(row: Row): Debat {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    title: row.title,
    status: row.status,
    visibility: row.visibility,
    date: row.date,
    startTime: row.start_time,
    endTime: row.end_time,
    durationMinutes: row.duration_minutes,
    sourceUrl: row.source_url,
    hasAudio: row.has_audio,
    recordingId: row.recording_id,
    ownsRecording: row.owns_recording,
  };
}

const ofOrganisation = (q: Executor, organisationId: string) =>
  archive(q).selectFrom('debats').select(COLUMNS).where('organisation_id', '=', organisationId);

/** null when the organisation has no such débat. */
export async function findDebat(q: Executor, organisationId: string, id: string): Promise<Debat | null> {
  const row = await ofOrganisation(q, organisationId).where('id', '=', id).executeTakeFirst();
  return row ? toDebat(row) : null;
}

/** For signed addresses alone, which carry their own right: they play on any host name. */
export async function findDebatAcrossOrganisations(q: Executor, id: string): Promise<Debat | null> {
  const row = await archive(q).selectFrom('debats').select(COLUMNS).where('id', '=', id).executeTakeFirst();
  return row ? toDebat(row) : null;
}

/** As `findDebat`, held until the transaction ends. */
export async function lockDebat(q: Executor, organisationId: string, id: string): Promise<Debat | null> {
  const row = await ofOrganisation(q, organisationId).where('id', '=', id).forUpdate().executeTakeFirst();
  return row ? toDebat(row) : null;
}

/** Every débat that this recording is the sound of, held until the transaction ends. */
export async function lockDebatsOfRecording(
  q: Executor,
  organisationId: string,
  recordingId: string,
): Promise<Debat[]> {
  const rows = await ofOrganisation(q, organisationId)
    .where('recording_id', '=', recordingId)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(toDebat);
}

/** Every débat that this recording is the sound of. */
export async function debatsOfRecording(
  q: Executor,
  organisationId: string,
  recordingId: string,
): Promise<Debat[]> {
  const rows = await ofOrganisation(q, organisationId).where('recording_id', '=', recordingId).execute();
  return rows.map(toDebat);
}

/** The id of the débat that has this source address. */
export async function findIdBySource(
  q: Executor,
  organisationId: string,
  sourceUrl: string,
): Promise<string | null> {
  const row = await archive(q)
    .selectFrom('debats')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where(sql`md5(source_url)`, '=', sql`md5(${sourceUrl})`)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** False when the source address is taken, also by a transaction that commits first. */
export async function insertDebat(
  q: Executor,
  organisationId: string,
  columns: NewDebatColumns,
): Promise<boolean> {
  const inserted = await archive(q)
    .insertInto('debats')
    .values({ ...columns, organisation_id: organisationId })
    .onConflict((conflict) =>
      conflict
        .expression(sql`organisation_id, md5(source_url)`)
        .where('source_url', 'is not', null)
        .doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return false;
  const counts = { debat_id: columns.id, organisation_id: organisationId };
  await archive(q).insertInto('debat_counts').values(counts).execute();
  return true;
}

/** Changes the named columns and `updated_at`. */
export async function updateDebat(
  q: Executor,
  organisationId: string,
  id: string,
  columns: DebatColumns,
  now: Date,
): Promise<void> {
  await archive(q)
    .updateTable('debats')
    .set({ ...columns, updated_at: now })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}

/** True when there was one to delete. */
export async function deleteDebat(q: Executor, organisationId: string, id: string): Promise<boolean> {
  const result = await archive(q)
    .deleteFrom('debats')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Whether an error is the database's refusal of a second débat with the same source address. */
export function isSameSource(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'debats_one_per_source';
}
