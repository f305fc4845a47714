import type { Tx } from '../../kernel/db/db.ts';
import { notRunning, transcriptionNotFound } from './errors.ts';
import { transcribeJob } from './jobs.ts';
import { tell } from './tell.ts';
import type { Transcription } from './transcription.ts';
import type { TranscriptionContext } from './transcription-context.ts';
import { endUnfinished, findTranscription } from './transcription-repo.ts';

const CANCELLED = { code: 'transcription.cancelled', message: 'The transcription was cancelled.' };

/**
 * Ends work that waits or runs. The row is what counts: a worker that misses the queue's signal stops at its next
 * write, within seconds. What was recognised stays, and a retry goes on from there.
 */
export async function cancelTranscription(
  context: TranscriptionContext,
  organisationId: string,
  id: string,
): Promise<void> {
  const { kernel } = context;
  await kernel.db.transaction(async (tx) => {
    const cancelled = await endUnfinished(tx, organisationId, id, CANCELLED);
    if (!cancelled) throw await nothingToCancel(tx, organisationId, id);
    if (cancelled.jobId) await kernel.jobs.cancel(tx, transcribeJob, cancelled.jobId);
    await tell(tx, context, cancelled, CANCELLED.message);
  });
}

async function nothingToCancel(tx: Tx, organisationId: string, id: string): Promise<Error> {
  const there: Transcription | null = await findTranscription(tx, organisationId, id);
  return there ? notRunning(there) : transcriptionNotFound();
}
