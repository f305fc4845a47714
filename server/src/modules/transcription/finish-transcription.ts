import type { Tx } from '../../kernel/db/db.ts';
import { RunLost } from '../../kernel/jobs/run-beat.ts';
import { numberSegments } from './chunk-repo.ts';
import { transcriptionCompleted } from './events.ts';
import { type RunKey, saveDone } from './run-repo.ts';
import { tell } from './tell.ts';
import { setTranscript } from './transcript-repo.ts';
import type { Transcription } from './transcription.ts';
import type { TranscriptionContext } from './transcription-context.ts';
import { lockRecordingWork } from './transcription-repo.ts';
import type { Stage } from './transcription-run.ts';

/** The text becomes the recording's transcript. */
export const finishTranscription: Stage = async (run, transcription) => {
  run.report('finish', 0);
  return run.context.kernel.db.transaction(async (tx) => {
    const { organisationId, recordingId } = transcription;
    await lockRecordingWork(tx, organisationId, recordingId);
    return completeTranscription(tx, run.context, run.key);
  });
};

/**
 * All chunks are done: row, transcript and event together, in the caller's transaction, which has locked the
 * recording's work. Throws RunLost when the row is not the run's.
 */
export async function completeTranscription(
  tx: Tx,
  context: TranscriptionContext,
  key: RunKey,
): Promise<Transcription> {
  const { organisationId, transcriptionId } = key;
  const segmentCount = await numberSegments(tx, organisationId, transcriptionId);
  const done = await saveDone(tx, key, segmentCount);
  if (!done) throw new RunLost();
  const { recordingId } = done;
  const version = await setTranscript(tx, organisationId, recordingId, transcriptionId);
  const event = { organisationId, recordingId, transcriptionId, version };
  await context.kernel.events.emit(tx, transcriptionCompleted, event);
  await tell(tx, context, done);
  return done;
}
