import type { Executor, Tx } from '../../../kernel/db/db.ts';
import { newId } from '../../../kernel/id.ts';
import { JOB_PRIORITY, type JobRun } from '../../../kernel/jobs/job.ts';
import { RunLost, startBeat } from '../../../kernel/jobs/run-beat.ts';
import { PROGRESS_CHANNEL, type RecordingProgress, recordingFailed } from '../events.ts';
import { extractRecordingJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';
import { MAX_ATTEMPTS, progressAt, type Recording, type RecordingStage } from '../recording.ts';
import { findRecording } from '../recording-repo.ts';
import { setPlannedState } from '../renditions/rendition-repo.ts';
import { encodeRecording } from './encode-recording.ts';
import { type ExtractionFailure, toFailure } from './extraction-failure.ts';
import {
  claimRecording,
  countOthersAtWorkAcrossOrganisations,
  type RunKey,
  saveFailure,
  saveProgress,
  saveRequeued,
  setRecordingJob,
} from './extraction-repo.ts';
import { fetchOriginal } from './fetch-original.ts';
import { forgetFetching } from './fetching-folder.ts';
import { probeOriginal } from './probe-original.ts';
import { saveTwin } from './source-repo.ts';
import { SourceTwin } from './source-twin.ts';
import type { WorkNote, WorkStep } from './work-note.ts';

/** One claimed run of one recording, as its stages see it. */
export interface ExtractionRun {
  context: MediaContext;
  key: RunKey;
  signal: AbortSignal;
  /** 0…1 within the stage. */
  report: (stage: Exclude<RecordingStage, 'done'>, fraction: number) => void;
  /** What is being done, for people who watch. */
  note: (step: WorkStep, done?: number | null, total?: number | null) => void;
}

/** Does one stage and answers the recording as saved after it; throws RunLost when the row was taken away. */
export type Stage = (run: ExtractionRun, recording: Recording) => Promise<Recording>;

const STAGES: Record<Exclude<RecordingStage, 'done'>, Stage> = {
  fetch: fetchOriginal,
  probe: probeOriginal,
  encode: encodeRecording,
};

/**
 * Brings a recording from its address or file to sound that plays, from the stage that was reached. May run twice:
 * each stage is saved at its end, and only by the run that holds the row. Throws only to be run again.
 */
export async function extractRecording(
  context: MediaContext,
  payload: { organisationId: string; recordingId: string },
  job: JobRun,
): Promise<void> {
  const { kernel, log } = context;
  const key: RunKey = { ...payload, runId: newId() };
  const claimed = await claim(context, key, job.jobId);
  if (!claimed) return;
  let note: WorkNote | null = null;
  const beat = startBeat(claimed.progress, (progress) => tellProgress(context, key, progress, note), log);
  const deadline = AbortSignal.timeout(kernel.config.extractionTimeoutMs);
  const signal = AbortSignal.any([job.signal, beat.signal, deadline]);
  const run: ExtractionRun = {
    context,
    key,
    signal,
    report: (stage, fraction) => beat.report(progressAt(claimed.source, stage, fraction)),
    note: (step, done = null, total = null) => {
      const isNews = note?.step !== step || note.done !== done;
      note = { step, done, total };
      if (isNews) beat.touch();
    },
  };
  try {
    await runStages(run, claimed);
  } catch (error) {
    await beat.stop();
    if (error instanceof RunLost || beat.signal.aborted)
      return log.info({ ...payload }, 'an extraction was taken away');
    if (job.signal.aborted) return await goBack(context, key, 'stopping', job.signal.reason);
    await settle(
      run,
      deadline.aborted ? timedOut(kernel.config.extractionTimeoutMs) : toFailure(error),
      error,
    );
  } finally {
    await beat.stop();
  }
}

async function claim(context: MediaContext, key: RunKey, jobId: string): Promise<Recording | null> {
  const recording = await context.kernel.db.transaction(async (tx) => {
    if (await mustWait(tx, context, key, jobId)) return null;
    const claimed = await claimRecording(tx, key, jobId);
    if (claimed) await setPlannedState(tx, key.organisationId, key.recordingId, 'extracting');
    return claimed;
  });
  if (!recording) return null;
  if (recording.attempts <= MAX_ATTEMPTS) {
    await tell(context.kernel.db.kysely, context, recording, 'processing', recording.progress, null);
    return recording;
  }
  await fail(context, key, {
    code: 'media.gave-up',
    message: `The work on this file ended without a result ${MAX_ATTEMPTS} times; the file may be broken.`,
    isFinal: true,
  });
  return null;
}

/** Seconds until work that found all places taken looks again. */
const LOOK_AGAIN_SECONDS = 2;

/**
 * The queue gives out as many as there are places, but two workers may take the last one at the same moment: here they
 * are counted one after the other, and whoever is too many waits. True when that is this run.
 */
async function mustWait(tx: Tx, context: MediaContext, key: RunKey, jobId: string): Promise<boolean> {
  const { jobs, config } = context.kernel;
  const { organisationId, recordingId } = key;
  const others = await countOthersAtWorkAcrossOrganisations(tx, recordingId);
  if (others < config.maxConcurrentExtractions) return false;
  const waiting = await findRecording(tx, organisationId, recordingId);
  if (waiting === null) return false;
  const next = await jobs.again(
    tx,
    extractRecordingJob,
    jobId,
    { organisationId, recordingId },
    {
      priority: JOB_PRIORITY[waiting.priority],
      singletonKey: recordingId,
      startAfterSeconds: LOOK_AGAIN_SECONDS,
    },
  );
  if (next !== null) await setRecordingJob(tx, organisationId, recordingId, next);
  return true;
}

async function runStages(run: ExtractionRun, claimed: Recording): Promise<void> {
  let recording = claimed;
  while (recording.stage !== 'done') {
    run.signal.throwIfAborted();
    recording = await STAGES[recording.stage](run, recording);
  }
}

/** A fault that may pass goes back to the queue with its back-off, a bounded number of times. */
async function settle(run: ExtractionRun, failure: ExtractionFailure, error: unknown): Promise<void> {
  const { context, key } = run;
  context.log.warn({ err: error, recordingId: key.recordingId, code: failure.code }, 'an extraction failed');
  if (!failure.isFinal) await goBack(context, key, failure.isPatient ? 'stopping' : 'fault', error);
  await fail(context, key, failure, error);
  // What was fetched of a sound that nobody can have is of no use; after a cancel it is.
  await forgetFetching(context, key.recordingId);
}

/** Back to the queue, by throwing; returns when the row is no longer ours or has had all its tries. */
async function goBack(
  context: MediaContext,
  key: RunKey,
  why: 'fault' | 'stopping',
  error: unknown,
): Promise<void> {
  const isOurs = await context.kernel.db.transaction(async (tx) => {
    const requeued = await saveRequeued(tx, key, why);
    if (requeued) await setPlannedState(tx, key.organisationId, key.recordingId, 'pending');
    return requeued;
  });
  if (isOurs) throw error;
}

async function fail(
  context: MediaContext,
  key: RunKey,
  { code, message }: ExtractionFailure,
  error?: unknown,
): Promise<void> {
  const { kernel } = context;
  const { organisationId, recordingId } = key;
  await kernel.db.transaction(async (tx) => {
    if (!(await saveFailure(tx, key, { code, message }))) return;
    if (error instanceof SourceTwin && error.firstId !== null)
      await saveTwin(tx, organisationId, recordingId, error.firstId);
    await setPlannedState(tx, organisationId, recordingId, 'error', message);
    await kernel.events.emit(tx, recordingFailed, { organisationId, recordingId, message });
    await tell(tx, context, { organisationId, id: recordingId }, 'error', 0, message);
  });
}

async function tellProgress(
  context: MediaContext,
  key: RunKey,
  progress: number,
  note: WorkNote | null,
): Promise<boolean> {
  const q = context.kernel.db.kysely;
  const isOurs = await saveProgress(q, key, progress, note);
  if (isOurs) {
    await tell(
      q,
      context,
      { organisationId: key.organisationId, id: key.recordingId },
      'processing',
      progress,
      null,
    );
  }
  return isOurs;
}

/** Sends the progress hint; inside a transaction it leaves at the commit. */
export async function tell(
  q: Executor,
  { kernel }: MediaContext,
  recording: { organisationId: string; id: string },
  status: RecordingProgress['status'],
  progress: number,
  message: string | null,
): Promise<void> {
  const { organisationId, id } = recording;
  const hint: RecordingProgress = { organisationId, recordingId: id, status, progress, message };
  await kernel.hints.publish(q, PROGRESS_CHANNEL, hint);
}

function timedOut(limitMs: number): ExtractionFailure {
  return {
    code: 'media.extraction-timeout',
    message: `The work took longer than ${Math.round(limitMs / 1000)} seconds (EXTRACTION_TIMEOUT) and was given up.`,
    isFinal: true,
  };
}
