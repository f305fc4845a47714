import type { Executor } from '../../../kernel/db/db.ts';
import { notRunning, renditionNotFound } from '../errors.ts';
import { makeRenditionJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';
import type { Rendition } from './rendition.ts';
import { findRendition } from './rendition-repo.ts';
import { cancelRenditionRow } from './rendition-run-repo.ts';

const CANCELLED = { code: 'media.cancelled', message: 'The work was cancelled.' };

/** Ends a rendition that waits or is made, in the caller's transaction; asking for it again starts anew. */
export async function cancelRendition(
  q: Executor,
  { kernel }: MediaContext,
  organisationId: string,
  recordingId: string,
  id: string,
): Promise<Rendition> {
  const before = await findRendition(q, organisationId, id);
  if (before?.recordingId !== recordingId) throw renditionNotFound('There is no such rendition.');
  if (before.isPlanned) {
    throw notRunning('This one is made with the recording itself: cancel the work on the recording.');
  }
  const cancelled = await cancelRenditionRow(q, organisationId, id, CANCELLED);
  if (!cancelled) throw notRunning(`There is nothing to cancel: the rendition is ${before.status}.`);
  if (cancelled.jobId) await kernel.jobs.cancel(q, makeRenditionJob, cancelled.jobId);
  return cancelled;
}
