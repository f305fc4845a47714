import { makeRenditionJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';
import {
  lockStaleRenditionsAcrossOrganisations,
  markRenditionLookedAt,
} from '../renditions/rendition-run-repo.ts';
import { lockStaleRecordingsAcrossOrganisations, markLookedAt } from './extraction-repo.ts';
import { enqueueExtraction } from './request-extraction.ts';

/** Runs write every 5 s; whatever was silent for so long is looked at. */
const STALE_SECONDS = 45;
const AT_MOST = 200;

/**
 * Gives unfinished work without a live job a new one; the queue itself says which has one (one job per key). Rows are
 * locked and skipped, so any number of workers may do this at once. Answers how many jobs were added.
 */
export async function reconcileWork(context: MediaContext, staleSeconds = STALE_SECONDS): Promise<number> {
  return (
    (await reconcileRecordings(context, staleSeconds)) + (await reconcileRenditions(context, staleSeconds))
  );
}

async function reconcileRecordings(context: MediaContext, staleSeconds: number): Promise<number> {
  return context.kernel.db.transaction(async (tx) => {
    let added = 0;
    for (const stale of await lockStaleRecordingsAcrossOrganisations(tx, staleSeconds, AT_MOST)) {
      const jobId = await enqueueExtraction(tx, context, stale);
      await markLookedAt(tx, stale.organisationId, stale.id, jobId);
      if (jobId !== null) added++;
    }
    return added;
  });
}

async function reconcileRenditions({ kernel }: MediaContext, staleSeconds: number): Promise<number> {
  return kernel.db.transaction(async (tx) => {
    let added = 0;
    for (const { id, organisationId } of await lockStaleRenditionsAcrossOrganisations(
      tx,
      staleSeconds,
      AT_MOST,
    )) {
      const payload = { organisationId, renditionId: id };
      const jobId = await kernel.jobs.enqueue(tx, makeRenditionJob, payload, { singletonKey: id });
      await markRenditionLookedAt(tx, organisationId, id, jobId);
      if (jobId !== null) added++;
    }
    return added;
  });
}
