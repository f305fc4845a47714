import type { Executor } from '../../kernel/db/db.ts';
import type { AccountsTables } from './tables.ts';

const tables = (q: Executor) => q.withTables<AccountsTables>();

/** Keeps a link by the hash of its token. */
export async function insertSetupLinkAcrossOrganisations(
  q: Executor,
  link: { tokenHash: Buffer; createdAt: Date; expiresAt: Date },
): Promise<void> {
  await tables(q)
    .insertInto('setup_links')
    .values({ token_hash: link.tokenHash, created_at: link.createdAt, expires_at: link.expiresAt })
    .execute();
}

/** Makes links of before that instant worthless. */
export async function deleteSetupLinksAcrossOrganisations(q: Executor, madeBefore: Date): Promise<void> {
  await tables(q).deleteFrom('setup_links').where('created_at', '<=', madeBefore).execute();
}

/** True when the link is there, unused and not late. */
export async function isSetupLinkGoodAcrossOrganisations(
  q: Executor,
  tokenHash: Buffer,
  now: Date,
): Promise<boolean> {
  const row = await tables(q)
    .selectFrom('setup_links')
    .select('token_hash')
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}

/** Uses the link up; false when it is not good (any more). */
export async function useSetupLinkAcrossOrganisations(
  q: Executor,
  tokenHash: Buffer,
  now: Date,
): Promise<boolean> {
  const row = await tables(q)
    .updateTable('setup_links')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('token_hash')
    .executeTakeFirst();
  return row !== undefined;
}
