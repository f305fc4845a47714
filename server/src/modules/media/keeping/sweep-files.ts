import type { MediaContext } from '../media-context.ts';
import { KEY_PREFIX } from './file-keys.ts';
import { removeUnreferenced } from './remove-files.ts';

const HOUR_MS = 3_600_000;
const BATCH = 500;

/**
 * Removes files that a crash left without a row, and drafts that nobody writes any more. Younger than an hour they
 * may still belong to work under way: a file gets its name shortly before its row.
 */
export async function sweepFiles(
  context: MediaContext,
  minimumAgeMs = HOUR_MS,
  signal?: AbortSignal,
): Promise<number> {
  const { storage } = context.kernel;
  const youngest = Date.now() - minimumAgeMs;
  let batch: string[] = [];
  let removed = 0;
  for await (const { key, modifiedAt } of storage.list(KEY_PREFIX)) {
    if (signal?.aborted) break;
    if (modifiedAt.getTime() > youngest) continue;
    batch.push(key);
    if (batch.length === BATCH) {
      removed += await removeUnreferenced(context, batch);
      batch = [];
    }
  }
  removed += await removeUnreferenced(context, batch);
  const drafts = await storage.sweepDrafts(minimumAgeMs);
  if (removed + drafts > 0) context.log.info({ files: removed, drafts }, 'swept what crashes had left');
  return removed + drafts;
}
