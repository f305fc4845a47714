import { JOB_PRIORITY } from '../../kernel/jobs/job.ts';
import { transcribeJob } from './jobs.ts';
import { failure, type RunFailure } from './run-failure.ts';
import { type RunKey, saveFailure, saveFaulted, saveReleased } from './run-repo.ts';
import { tell } from './tell.ts';
import { delayAfterFault } from './transcription.ts';
import type { TranscriptionContext } from './transcription-context.ts';
import { setTranscriptionJob } from './transcription-repo.ts';
import type { TranscriptionRun } from './transcription-run.ts';

/** The worker stops: back to the queue, by throwing; returns when the row is no longer ours. */
export async function releaseRun({ context, key }: TranscriptionRun, reason: unknown): Promise<void> {
  if (await saveReleased(context.kernel.db.kysely, key)) throw reason;
}

/** A fault that may pass is tried again later, a bounded number of times; anything else is the end. */
export async function settleRun(run: TranscriptionRun, why: RunFailure): Promise<void> {
  if (!why.isFinal && (await tryLater(run, why))) return;
  await failRun(run.context, run.key, why);
}

/** False when the row is lost or has had all its tries. */
async function tryLater(run: TranscriptionRun, why: RunFailure): Promise<boolean> {
  const { context, key, jobId } = run;
  const { kernel } = context;
  const { organisationId, transcriptionId } = key;
  const delayMs = delayAfterFault(run.faults + 1, why.retryAfterMs);
  return kernel.db.transaction(async (tx) => {
    const waiting = await saveFaulted(tx, key, delayMs);
    if (!waiting) return false;
    const next = await kernel.jobs.again(
      tx,
      transcribeJob,
      jobId,
      { organisationId, transcriptionId },
      {
        priority: JOB_PRIORITY[waiting.priority],
        singletonKey: transcriptionId,
        startAfterSeconds: Math.ceil(delayMs / 1000),
      },
    );
    if (next !== null) await setTranscriptionJob(tx, organisationId, transcriptionId, next);
    await tell(tx, context, waiting, why.message);
    return true;
  });
}

/** The end without a text. */
export async function failRun(
  context: TranscriptionContext,
  key: RunKey,
  { code, message }: RunFailure,
): Promise<void> {
  await context.kernel.db.transaction(async (tx) => {
    const failed = await saveFailure(tx, key, { code, message });
    if (failed) await tell(tx, context, failed, message);
  });
}

/** What the transcription says when TRANSCRIPTION_TIMEOUT has passed. */
export function timedOut(limitMs: number): RunFailure {
  const seconds = Math.round(limitMs / 1000);
  const message = `The work took longer than ${seconds} seconds (TRANSCRIPTION_TIMEOUT) and was given up; a retry goes on where it was.`;
  return failure('transcription.timeout', message, true);
}
