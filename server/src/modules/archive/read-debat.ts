import type { Actor } from '../../kernel/auth/actor.ts';
import type { Executor } from '../../kernel/db/db.ts';
import { isId } from '../../kernel/id.ts';
import type { Archive } from './archive.ts';
import type { Debat } from './debat.ts';
import { readDebatJson } from './debat-read-repo.ts';
import { findDebat } from './debat-repo.ts';
import { debatNotFound } from './errors.ts';
import { mayRead, seesAll } from './policy.ts';

/** One débat as the text of its JSON (`Debat`). */
export async function readDebat(archive: Pick<Archive, 'db'>, actor: Actor, id: string): Promise<string> {
  if (!isId(id)) throw debatNotFound();
  const json = await readDebatJson(archive.db, actor.organisationId, id, seesAll(actor));
  if (json === null) throw debatNotFound();
  return json;
}

/** The débat for a use-case, when the actor may read it. */
export async function readableDebat(q: Executor, actor: Actor, id: string): Promise<Debat> {
  const debat = isId(id) ? await findDebat(q, actor.organisationId, id) : null;
  if (!debat || !mayRead(actor, debat)) throw debatNotFound();
  return debat;
}
