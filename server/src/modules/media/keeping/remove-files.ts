import type { MediaContext } from '../media-context.ts';
import { referencedKeysAcrossOrganisations } from './file-repo.ts';

/**
 * After a failure: a commit whose answer was lost may have shown the files, so only those without a row go. What cannot
 * be decided now is left to the sweep.
 */
export async function removeUnlessShown(context: MediaContext, keys: readonly string[]): Promise<void> {
  try {
    await removeUnreferenced(context, keys);
  } catch (error) {
    context.log.warn({ err: error }, 'files of a failed run were left to the sweep');
  }
}

/** Removes those of the files that no row refers to; answers how many there were. */
export async function removeUnreferenced({ kernel }: MediaContext, keys: readonly string[]): Promise<number> {
  const referenced = await referencedKeysAcrossOrganisations(kernel.db.kysely, keys);
  let removed = 0;
  for (const key of keys) {
    if (!referenced.has(key) && (await kernel.storage.remove(key))) removed++;
  }
  return removed;
}
