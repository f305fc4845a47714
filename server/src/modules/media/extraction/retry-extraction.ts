import type { Executor } from '../../../kernel/db/db.ts';
import { alreadyImported, notFailed, recordingNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import type { Recording } from '../recording.ts';
import { findRecording } from '../recording-repo.ts';
import { setPlannedState } from '../renditions/rendition-repo.ts';
import { tell } from './extract-recording.ts';
import { requeueFailed } from './extraction-repo.ts';
import { enqueueExtraction } from './request-extraction.ts';
import { findOtherBySource } from './source-repo.ts';

/** Starts failed or cancelled work again at the stage it had reached, in the caller's transaction. */
export async function retryExtraction(
  q: Executor,
  context: MediaContext,
  organisationId: string,
  recordingId: string,
): Promise<Recording> {
  const before = await findRecording(q, organisationId, recordingId);
  if (!before) throw recordingNotFound();
  await refuseWhenTaken(q, before);
  const queued = await requeueFailed(q, organisationId, recordingId);
  if (!queued) {
    throw notFailed(`There is nothing to retry: the recording is ${before.status}.`, {
      members: { recording_status: before.status },
    });
  }
  await setPlannedState(q, organisationId, recordingId, 'pending');
  const jobId = await enqueueExtraction(q, context, queued);
  await tell(q, context, queued, 'queued', 0, null);
  return { ...queued, jobId: jobId ?? queued.jobId };
}

/** Meanwhile the address may have been imported anew; two of one address would be one too many. */
async function refuseWhenTaken(q: Executor, recording: Recording): Promise<void> {
  const { organisationId, id, sourceUrl, resolvedUrl } = recording;
  for (const address of [sourceUrl, resolvedUrl]) {
    const holder = address === null ? null : await findOtherBySource(q, organisationId, address, id);
    if (holder === null) continue;
    throw alreadyImported('This address has been imported anew since; use that recording.', {
      members: { recording_id: holder.id },
    });
  }
}
