import type { Executor } from '../../../kernel/db/db.ts';
import type { Recording } from '../recording.ts';
import type { MediaTables } from '../tables.ts';

/**
 * Of these recordings those whose bytes the organisation had before: their ids, each with the first one's. Readers
 * from outside are told of first ones that are public and ready, nothing else.
 */
export async function listDuplicates(
  q: Executor,
  organisationId: string,
  recordings: readonly Pick<Recording, 'id' | 'sha256' | 'createdAt'>[],
  publicOnly: boolean,
): Promise<ReadonlyMap<string, string>> {
  const hashes = recordings.flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256]));
  if (hashes.length === 0) return new Map();
  let firsts = q
    .withTables<MediaTables>()
    .selectFrom('recordings')
    .distinctOn('sha256')
    .select(['id', 'sha256', 'created_at as createdAt'])
    .where('organisation_id', '=', organisationId)
    .where('sha256', 'in', [...new Set(hashes)])
    .where('status', '<>', 'error')
    .where('trashed_at', 'is', null);
  if (publicOnly) firsts = firsts.where('visibility', '=', 'public').where('status', '=', 'ready');
  const rows = await firsts.orderBy('sha256').orderBy('created_at').orderBy('id').execute();
  const firstOf = new Map(rows.map((row) => [row.sha256, row]));
  return new Map(
    recordings.flatMap(({ id, sha256, createdAt }) => {
      const first = firstOf.get(sha256);
      const isLater = first !== undefined && first.id !== id && first.createdAt <= createdAt;
      return isLater ? [[id, first.id] as const] : [];
    }),
  );
}
