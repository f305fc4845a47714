import type { MediaContext } from '../media-context.ts';
import {
  deleteUpload,
  listExpiredAcrossOrganisations,
  unfinishedAcrossOrganisations,
} from './resumable-repo.ts';

const HOUR_MS = 3_600_000;
const BATCH = 500;

/** Forgets what has expired, and removes unfinished files of this machine that no upload needs any more. */
export async function sweepUploads(context: MediaContext, signal?: AbortSignal): Promise<number> {
  const { db, clock } = context.kernel;
  let swept = 0;
  for (;;) {
    const expired = await listExpiredAcrossOrganisations(db.kysely, new Date(clock.now()), BATCH);
    for (const upload of expired) {
      if (signal?.aborted) return swept;
      if (await deleteUpload(db.kysely, upload)) swept++;
      await context.unfinished.remove(upload.id);
    }
    if (expired.length < BATCH) break;
  }
  return swept + (await removeStrays(context));
}

/** Files are made after their rows: one without a row, or whose recording was made, is nobody's. */
async function removeStrays({ kernel, unfinished }: MediaContext): Promise<number> {
  const old: string[] = [];
  for await (const { name, modifiedAt } of unfinished.list()) {
    if (modifiedAt.getTime() < Date.now() - HOUR_MS) old.push(name);
  }
  let removed = 0;
  for (let start = 0; start < old.length; start += BATCH) {
    const names = old.slice(start, start + BATCH);
    const needed = await unfinishedAcrossOrganisations(kernel.db.kysely, names);
    for (const name of names) if (!needed.has(name) && (await unfinished.remove(name))) removed++;
  }
  return removed;
}
