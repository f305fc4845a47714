import { referencedKeysAcrossOrganisations } from './file-repo.ts';
import type { MediaContext } from './media-context.ts';

/** Removes those of the files that no row refers to; answers how many there were. */
export async function removeUnreferenced({ kernel }: MediaContext, keys: readonly string[]): Promise<number> {
  const referenced = await referencedKeysAcrossOrganisations(kernel.db.kysely, keys);
  let removed = 0;
  for (const key of keys) {
    if (!referenced.has(key) && (await kernel.storage.remove(key))) removed++;
  }
  return removed;
}
