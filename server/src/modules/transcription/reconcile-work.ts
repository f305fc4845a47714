import { enqueueTranscription } from './request-transcription.ts';
import { lockStaleAcrossOrganisations, markLookedAt, type StaleWork } from './run-repo.ts';
import { whenFailed, whenReady } from './start-automatically.ts';
import type { TranscriptionContext } from './transcription-context.ts';

/** Runs write every 5 s; whatever was silent for so long is looked at. */
const STALE_SECONDS = 12;
const AT_MOST = 200;

/**
 * Gives unfinished work without a live job a new one; the queue itself says which has one (one job per key). Rows are
 * locked and skipped, so any number of workers may do this at once. Answers how many jobs were added.
 */
export async function reconcileWork(
  context: TranscriptionContext,
  staleSeconds = STALE_SECONDS,
): Promise<number> {
  const pending: StaleWork[] = [];
  const added = await context.kernel.db.transaction(async (tx) => {
    let count = 0;
    for (const stale of await lockStaleAcrossOrganisations(tx, staleSeconds, AT_MOST)) {
      const isPending = stale.status === 'pending';
      const jobId = isPending ? null : await enqueueTranscription(tx, context, stale);
      await markLookedAt(tx, stale.organisationId, stale.id, jobId);
      if (isPending) pending.push(stale);
      if (jobId !== null) count++;
    }
    return count;
  });
  // Asked for at the very moment when the recording became what they wait for, and so not told.
  for (const stale of pending) {
    await whenReady(context, stale);
    await whenFailed(context, stale);
  }
  return added;
}
