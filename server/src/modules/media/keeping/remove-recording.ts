import type { Executor } from '../../../kernel/db/db.ts';
import { codeOf } from '../../../kernel/reason-of.ts';
import { recordingInUse, recordingNotFound } from '../errors.ts';
import { recordingChanged } from '../events.ts';
import { extractRecordingJob, removeFilesJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';
import { deleteRecording } from '../recording-repo.ts';

const FOREIGN_KEY_VIOLATION = '23503';

/**
 * Removes a recording in the caller's transaction; its files go by a job of the same transaction. What refers to
 * it (a débat) keeps it: `media.recording-in-use`. A run at work on it stops at its next write.
 */
export async function removeRecording(
  q: Executor,
  { kernel }: MediaContext,
  organisationId: string,
  recordingId: string,
): Promise<void> {
  try {
    const removed = await deleteRecording(q, organisationId, recordingId);
    if (!removed) throw recordingNotFound();
    if (removed.jobId !== null) await kernel.jobs.cancel(q, extractRecordingJob, removed.jobId);
    if (removed.keys.length > 0) await kernel.jobs.enqueue(q, removeFilesJob, { keys: removed.keys });
    await kernel.cache.changed(q, organisationId);
    await kernel.events.emit(q, recordingChanged, { organisationId, recordingId });
  } catch (error) {
    if (codeOf(error) !== FOREIGN_KEY_VIOLATION) throw error;
    throw inUse({ cause: error });
  }
}

/** What is said of a recording that something holds on to. */
export function inUse(cause: ErrorOptions = {}) {
  return recordingInUse(
    'Something still uses this recording, such as a débat; take it off there first.',
    cause,
  );
}
