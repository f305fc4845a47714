import { importCaptions } from './import-captions.ts';
import { addTranscription, enqueueTranscription, languageOf } from './request-transcription.ts';
import { tell } from './tell.ts';
import type { TranscriptionContext } from './transcription-context.ts';
import { endUnfinished, lockRecordingWork, saveQueued, transcriptionsOf } from './transcription-repo.ts';

interface Told {
  organisationId: string;
  recordingId: string;
}

/**
 * A recording has become ready: whoever waited for its sound goes into the queue, and when nobody asked for a text
 * one is asked for, where the settings and the engines allow. May run twice, late, or for what is gone.
 */
export async function whenReady(
  context: TranscriptionContext,
  { organisationId, recordingId }: Told,
): Promise<void> {
  const { kernel, media } = context;
  await kernel.db.transaction(async (tx) => {
    await lockRecordingWork(tx, organisationId, recordingId);
    const recording = await media.getRecording(tx, organisationId, recordingId);
    if (recording?.status !== 'ready') return;
    const there = await transcriptionsOf(tx, organisationId, recordingId);
    for (const waiting of there.filter(({ status }) => status === 'pending')) {
      if (!(await saveQueued(tx, organisationId, waiting.id))) continue;
      await enqueueTranscription(tx, context, waiting);
      await tell(tx, context, { ...waiting, status: 'queued' });
    }
    if (there.length > 0) return;
    if (await importCaptions(tx, context, recording)) return;
    if (!kernel.config.transcription.auto) return;
    const engines = await context.engines();
    if (!engines.forLanguage(languageOf(context, recording))) return;
    await addTranscription(tx, context, { organisationId, personId: null }, recording, { priority: 'low' });
  });
}

/** The recording has failed: whoever waited for its sound waits in vain. */
export async function whenFailed(
  context: TranscriptionContext,
  { organisationId, recordingId }: Told,
): Promise<void> {
  const { kernel, media } = context;
  await kernel.db.transaction(async (tx) => {
    await lockRecordingWork(tx, organisationId, recordingId);
    const recording = await media.getRecording(tx, organisationId, recordingId);
    if (recording?.status !== 'error') return;
    const message = `The recording has no sound: ${recording.errorMessage ?? 'its preparation failed.'}`;
    const error = { code: 'transcription.no-sound', message: message.slice(0, 1000) };
    for (const { id } of await transcriptionsOf(tx, organisationId, recordingId)) {
      const ended = await endUnfinished(tx, organisationId, id, error, ['pending']);
      if (ended) await tell(tx, context, ended, message.slice(0, 500));
    }
  });
}
