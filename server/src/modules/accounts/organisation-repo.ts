import type { Selectable } from 'kysely';
import type { Executor } from '../../kernel/db/db.ts';
import { newId } from '../../kernel/id.ts';
import type { Organisation } from './organisation.ts';
import type { AccountsTables, OrganisationsTable } from './tables.ts';

const tables = (q: Executor) => q.withTables<AccountsTables>();

function toOrganisation(row: Selectable<OrganisationsTable>): Organisation {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    hostnames: row.hostnames,
    publicArchive: row.public_archive,
    isDefault: row.is_default,
    quotaBytes: row.quota_bytes,
    createdAt: row.created_at,
  };
}

/** All of them; installations have tens, not thousands. */
export async function listOrganisationsAcrossOrganisations(q: Executor): Promise<Organisation[]> {
  const rows = await tables(q).selectFrom('organisations').selectAll().orderBy('id').execute();
  return rows.map(toOrganisation);
}

/** One page, oldest first, and how many there are. */
export async function pageOrganisationsAcrossOrganisations(
  q: Executor,
  page: { limit: number; offset: number },
): Promise<{ organisations: Organisation[]; total: number }> {
  const from = tables(q).selectFrom('organisations');
  const rows = await from.selectAll().orderBy('id').limit(page.limit).offset(page.offset).execute();
  const { total } = await from.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { organisations: rows.map(toOrganisation), total };
}

/** What a new organisation is made of; the rest has defaults. */
export interface NewOrganisation {
  name: string;
  slug: string;
  isDefault: boolean;
  createdAt: Date;
}

/** Returns null when the slug is taken. */
export async function insertOrganisationAcrossOrganisations(
  q: Executor,
  organisation: NewOrganisation,
): Promise<Organisation | null> {
  const row = await tables(q)
    .insertInto('organisations')
    .values({
      id: newId(),
      name: organisation.name,
      slug: organisation.slug,
      is_default: organisation.isDefault,
      created_at: organisation.createdAt,
    })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ? toOrganisation(row) : null;
}

/**
 * Holds the organisation's row until the transaction ends: changes to its administrators happen one after the
 * other. False when there is no such organisation.
 */
export async function lockOrganisation(q: Executor, organisationId: string): Promise<boolean> {
  const row = await tables(q)
    .selectFrom('organisations')
    .select('id')
    .where('id', '=', organisationId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/** Null when there is no such organisation. */
export async function updateOrganisationAcrossOrganisations(
  q: Executor,
  id: string,
  changes: { quotaBytes: number | null },
): Promise<Organisation | null> {
  const row = await tables(q)
    .updateTable('organisations')
    .set({ quota_bytes: changes.quotaBytes })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row ? toOrganisation(row) : null;
}

/** Gives the default organisation its name; null when there is none yet. */
export async function renameDefaultOrganisationAcrossOrganisations(
  q: Executor,
  name: string,
): Promise<Organisation | null> {
  const row = await tables(q)
    .updateTable('organisations')
    .set({ name })
    .where('is_default', '=', true)
    .returningAll()
    .executeTakeFirst();
  return row ? toOrganisation(row) : null;
}
