import type { Executor } from '../../../kernel/db/db.ts';
import { notRunning, recordingNotFound } from '../errors.ts';
import { recordingFailed } from '../events.ts';
import { extractRecordingJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';
import type { Recording } from '../recording.ts';
import { findRecording } from '../recording-repo.ts';
import { setPlannedState } from '../renditions/rendition-repo.ts';
import { tell } from './extract-recording.ts';
import { cancelRecording } from './extraction-repo.ts';

const CANCELLED = { code: 'media.cancelled', message: 'The work was cancelled.' };

/**
 * Ends work that waits or runs, in the caller's transaction. The row is what counts: a worker that misses the
 * queue's signal stops at its next write, within a second.
 */
export async function cancelExtraction(
  q: Executor,
  context: MediaContext,
  organisationId: string,
  recordingId: string,
): Promise<Recording> {
  const { kernel } = context;
  const cancelled = await cancelRecording(q, organisationId, recordingId, CANCELLED);
  if (!cancelled) {
    const recording = await findRecording(q, organisationId, recordingId);
    if (!recording) throw recordingNotFound();
    throw notRunning(`There is nothing to cancel: the recording is ${recording.status}.`, {
      members: { recording_status: recording.status },
    });
  }
  await setPlannedState(q, organisationId, recordingId, 'error', CANCELLED.message);
  if (cancelled.jobId) await kernel.jobs.cancel(q, extractRecordingJob, cancelled.jobId);
  const { message } = CANCELLED;
  await kernel.events.emit(q, recordingFailed, { organisationId, recordingId, message });
  await tell(q, context, cancelled, 'error', cancelled.progress, message);
  return cancelled;
}
