import { newId } from '../../kernel/id.ts';
import type { JobRun } from '../../kernel/jobs/job.ts';
import { RunLost, startBeat } from '../../kernel/jobs/run-beat.ts';
import { claimRun } from './claim-run.ts';
import { releaseRun, settleRun, timedOut } from './end-run.ts';
import { finishTranscription } from './finish-transcription.ts';
import { prepareSound } from './prepare-sound.ts';
import { recogniseChunks } from './recognise-chunks.ts';
import { toFailure } from './run-failure.ts';
import { type RunKey, saveProgress } from './run-repo.ts';
import { tell } from './tell.ts';
import { progressAt, type Transcription, type TranscriptionStage } from './transcription.ts';
import type { TranscriptionContext } from './transcription-context.ts';
import type { Stage, TranscriptionRun } from './transcription-run.ts';

const STAGES: Record<Exclude<TranscriptionStage, 'done'>, Stage> = {
  prepare: prepareSound,
  recognise: recogniseChunks,
  finish: finishTranscription,
};

/**
 * Brings a transcription from the stage that was reached to the recording's transcript. May run twice: each step is
 * saved at its end, and only by the run that holds the row. Throws only to be run again.
 */
export async function transcribe(
  context: TranscriptionContext,
  payload: { organisationId: string; transcriptionId: string },
  job: JobRun,
): Promise<void> {
  const { kernel, log } = context;
  const key: RunKey = { ...payload, runId: newId() };
  const claimed = await claimRun(context, key, job.jobId);
  if (!claimed) return;
  const { transcription, engine } = claimed;
  const beat = startBeat(transcription.progress, (percent) => tellProgress(context, key, percent), log);
  const { timeoutMs } = kernel.config.transcription;
  const deadline = AbortSignal.timeout(timeoutMs);
  const run: TranscriptionRun = {
    context,
    key,
    jobId: job.jobId,
    engine,
    signal: AbortSignal.any([job.signal, beat.signal, deadline]),
    report: (stage, fraction) => beat.report(progressAt(stage, fraction)),
    faults: transcription.faults,
  };
  try {
    await runStages(run, transcription);
  } catch (error) {
    await beat.stop();
    if (error instanceof RunLost || beat.signal.aborted) {
      return log.info({ ...payload }, 'a transcription was taken away');
    }
    if (job.signal.aborted) return await releaseRun(run, job.signal.reason);
    const why = deadline.aborted ? timedOut(timeoutMs) : toFailure(error);
    log.warn({ err: error, ...payload, code: why.code }, 'a transcription failed');
    await settleRun(run, why);
  } finally {
    await beat.stop();
  }
}

async function runStages(run: TranscriptionRun, claimed: Transcription): Promise<void> {
  let transcription = claimed;
  while (transcription.stage !== 'done') {
    run.signal.throwIfAborted();
    transcription = await STAGES[transcription.stage](run, transcription);
  }
}

async function tellProgress(context: TranscriptionContext, key: RunKey, percent: number): Promise<boolean> {
  const q = context.kernel.db.kysely;
  const saved = await saveProgress(q, key, percent);
  if (saved) await tell(q, context, saved);
  return saved !== null;
}
