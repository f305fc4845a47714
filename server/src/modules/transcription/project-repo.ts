import type { Executor } from '../../kernel/db/db.ts';
import { newId } from '../../kernel/id.ts';
import type { TranscriptionTables } from './tables.ts';

/** What transcriptions are grouped by. */
export interface Project {
  id: string;
  name: string;
}

/** Null when the organisation has no project of this name. */
export async function findProject(
  q: Executor,
  organisationId: string,
  name: string,
): Promise<Project | null> {
  const row = await q
    .withTables<TranscriptionTables>()
    .selectFrom('projects')
    .select(['id', 'name'])
    .where('organisation_id', '=', organisationId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row ?? null;
}

/** The project of those who name none; made under `name` at its first use. */
export async function ensureDefaultProject(
  q: Executor,
  organisationId: string,
  name: string,
): Promise<Project> {
  const there = await findDefault(q, organisationId);
  if (there) return there;
  await q
    .withTables<TranscriptionTables>()
    .insertInto('projects')
    .values({ id: newId(), organisation_id: organisationId, name, is_default: true })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  // Whoever was quicker has made it.
  const made = await findDefault(q, organisationId);
  if (!made) throw new Error('the organisation has another project of the default name');
  return made;
}

async function findDefault(q: Executor, organisationId: string): Promise<Project | null> {
  const row = await q
    .withTables<TranscriptionTables>()
    .selectFrom('projects')
    .select(['id', 'name'])
    .where('organisation_id', '=', organisationId)
    .where('is_default', '=', true)
    .executeTakeFirst();
  return row ?? null;
}
