import { sql } from 'kysely';
import { type Executor, runSql, type Tx } from '../../kernel/db/db.ts';
import type { ArchiveTables } from './tables.ts';

/** What the seed has brought to an organisation before. */
export interface BroughtDebat {
  id: string;
  mark: string;
  recordingId: string | null;
}

/** Until the transaction ends nobody else brings the seed to this organisation. */
export async function lockSeeding(tx: Tx, organisationId: string): Promise<void> {
  await runSql(tx, `select pg_advisory_xact_lock(hashtext('antenne seed'), hashtext($1))`, [organisationId]);
}

/** The débats whose `metadata.seed` is one of the marks; the first of each, should someone have copied one. */
export async function findBrought(
  q: Executor,
  organisationId: string,
  marks: readonly string[],
): Promise<BroughtDebat[]> {
  const mark = sql<string>`metadata->>'seed'`;
  const rows = await q
    .withTables<ArchiveTables>()
    .selectFrom('debats')
    .distinctOn(mark)
    .select(['id', mark.as('mark'), 'recording_id as recordingId'])
    .where('organisation_id', '=', organisationId)
    .where(mark, 'in', [...marks])
    .orderBy(mark)
    .orderBy('id')
    .execute();
  return rows;
}
