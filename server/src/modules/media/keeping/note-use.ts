import type { Db } from '../../../kernel/db/db.ts';
import type { Logger } from '../../../kernel/log/log.ts';
import { touchRenditionsAcrossOrganisations } from './retention-repo.ts';

/** Which renditions are heard; a rule of retention asks for it. */
export interface UseNotes {
  note(renditionId: string): void;
  /** Writes what was noted since. */
  flush(): Promise<void>;
}

/** The day counts, not the second: a rendition is written again only after so long. */
const AGAIN_MS = 6 * 3_600_000;
const MOST_REMEMBERED = 20_000;

/** Remembers in memory and writes now and then, so that no range waits for it. */
export function createUseNotes(db: Db, log: Logger): UseNotes {
  const written = new Map<string, number>();
  let noted = new Set<string>();
  return {
    note: (id) => {
      if (Date.now() - (written.get(id) ?? 0) < AGAIN_MS) return;
      if (written.size >= MOST_REMEMBERED) written.clear();
      written.set(id, Date.now());
      noted.add(id);
    },
    flush: async () => {
      const ids = [...noted];
      noted = new Set();
      if (ids.length === 0) return;
      await touchRenditionsAcrossOrganisations(db.kysely, ids).catch((error: unknown) => {
        for (const id of ids) written.delete(id);
        log.warn({ err: error }, 'which renditions were heard could not be noted');
      });
    },
  };
}
