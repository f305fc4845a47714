import type { Tx } from '../../kernel/db/db.ts';
import { transcriptionNotFound } from './errors.ts';
import { transcriptionCompleted, transcriptRemoved } from './events.ts';
import { transcribeJob } from './jobs.ts';
import { findLatestDone, findTranscript, setTranscript } from './transcript-repo.ts';
import type { TranscriptionContext } from './transcription-context.ts';
import { deleteTranscription, findTranscription, lockRecordingWork } from './transcription-repo.ts';

/** Removes a transcription with its text, and its work when there is some; readers then see the one before. */
export async function removeTranscription(
  context: TranscriptionContext,
  organisationId: string,
  id: string,
): Promise<void> {
  const { kernel } = context;
  const before = await findTranscription(kernel.db.kysely, organisationId, id);
  if (!before) throw transcriptionNotFound();
  const { recordingId } = before;
  await kernel.db.transaction(async (tx) => {
    await lockRecordingWork(tx, organisationId, recordingId);
    const current = await findTranscript(tx, organisationId, recordingId);
    const removed = await deleteTranscription(tx, organisationId, id);
    if (!removed) throw transcriptionNotFound();
    if (removed.jobId) await kernel.jobs.cancel(tx, transcribeJob, removed.jobId);
    if (current?.transcriptionId === id) await fallBack(tx, context, organisationId, recordingId);
  });
}

/** The transcript has gone: the latest one that is left takes its place. */
async function fallBack(
  tx: Tx,
  { kernel }: TranscriptionContext,
  organisationId: string,
  recordingId: string,
): Promise<void> {
  const transcriptionId = await findLatestDone(tx, organisationId, recordingId);
  const version = await setTranscript(tx, organisationId, recordingId, transcriptionId);
  if (transcriptionId === null) {
    await kernel.events.emit(tx, transcriptRemoved, { organisationId, recordingId });
    return;
  }
  const event = { organisationId, recordingId, transcriptionId, version };
  await kernel.events.emit(tx, transcriptionCompleted, event);
}
