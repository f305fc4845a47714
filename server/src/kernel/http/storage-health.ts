import type { Storage, StorageState } from '../storage/storage.ts';

/** Balancers ask often; a bucket is asked now and then. */
const FRESH_MS = 5_000;

/** How the storage is, as it was a few seconds ago at most. */
export function storageHealth(storage: Storage): () => Promise<StorageState> {
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<StorageState> | undefined;
  return () => {
    if (answer === undefined || performance.now() - askedAt > FRESH_MS) {
      askedAt = performance.now();
      answer = storage.check();
    }
    return answer;
  };
}
