import type { Actor } from '../../kernel/auth/actor.ts';
import type { Db, Executor } from '../../kernel/db/db.ts';
import { isId } from '../../kernel/id.ts';
import type { Archive } from './archive.ts';
import type { Debat } from './debat.ts';
import { readDebatsJson } from './debat-read-repo.ts';
import { findDebat } from './debat-repo.ts';
import { debatNotFound } from './errors.ts';
import { createGatheredRead, type GatheredRead } from './gather.ts';
import { mayRead, seesAll } from './policy.ts';

/** One débat as the text of its JSON (`Debat`). */
export async function readDebat(archive: Archive, actor: Actor, id: string): Promise<string> {
  if (!isId(id)) throw debatNotFound();
  const { organisationId } = actor;
  const key = id.toLowerCase();
  const load = async (read: GatheredRead<string>) => {
    const json = await read(organisationId, key);
    if (json === null) throw debatNotFound();
    return json;
  };
  // Who sees everything is who changes it, and reads what they changed.
  if (seesAll(actor)) return load(archive.readDebat.all);
  const ttlSeconds = archive.config.cacheTtl.debatsSeconds;
  return archive.cache.text({ kind: 'debat', organisationId, key, ttlSeconds }, () =>
    load(archive.readDebat.open),
  );
}

/** Reads of one débat, gathered: for those who see everything, and for the rest. */
export interface DebatReaders {
  all: GatheredRead<string>;
  open: GatheredRead<string>;
}

/** One gathered reader for each kind of reader. */
export function createDebatReaders(db: Db): DebatReaders {
  return {
    all: createGatheredRead((organisationId, ids) => readDebatsJson(db, organisationId, ids, true)),
    open: createGatheredRead((organisationId, ids) => readDebatsJson(db, organisationId, ids, false)),
  };
}

/** The débat for a use-case, when the actor may read it. */
export async function readableDebat(q: Executor, actor: Actor, id: string): Promise<Debat> {
  const debat = isId(id) ? await findDebat(q, actor.organisationId, id) : null;
  if (!debat || !mayRead(actor, debat)) throw debatNotFound();
  return debat;
}
