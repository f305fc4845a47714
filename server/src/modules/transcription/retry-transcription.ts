import { notFailed, recordingNotFound, transcriptionNotFound } from './errors.ts';
import { enqueueTranscription, refuseTwin, refuseWithoutEngine, statusFor } from './request-transcription.ts';
import { tell } from './tell.ts';
import type { TranscriptionContext } from './transcription-context.ts';
import { findTranscription, lockRecordingWork, requeueFailed } from './transcription-repo.ts';

/** Starts failed or cancelled work again at the first chunk that is not done. */
export async function retryTranscription(
  context: TranscriptionContext,
  organisationId: string,
  id: string,
): Promise<void> {
  const { kernel, media } = context;
  const before = await findTranscription(kernel.db.kysely, organisationId, id);
  if (!before) throw transcriptionNotFound();
  const { recordingId, language } = before;
  await kernel.db.transaction(async (tx) => {
    await lockRecordingWork(tx, organisationId, recordingId);
    const now = await findTranscription(tx, organisationId, id);
    if (!now) throw transcriptionNotFound();
    if (now.status !== 'error' || now.source === 'import') throw notFailed(now);
    await refuseWithoutEngine(context, language);
    await refuseTwin(tx, organisationId, recordingId);
    const recording = await media.getRecording(tx, organisationId, recordingId);
    if (!recording) throw recordingNotFound();
    const queued = await requeueFailed(tx, organisationId, id, statusFor(recording));
    if (!queued) throw notFailed(now);
    if (queued.status === 'queued') await enqueueTranscription(tx, context, queued);
    await tell(tx, context, queued);
  });
}
