import type { JobRun } from '../../../kernel/jobs/job.ts';
import { codeOf } from '../../../kernel/reason-of.ts';
import { toFailure } from '../extraction/extraction-failure.ts';
import { toMediaInfo } from '../extraction/probed-facts.ts';
import { analyseRecordingJob, removeFilesJob } from '../jobs.ts';
import { newFileKey } from '../keeping/file-keys.ts';
import { removeUnreferenced } from '../keeping/remove-files.ts';
import type { MediaContext } from '../media-context.ts';
import type { Recording } from '../recording.ts';
import { findRecording } from '../recording-repo.ts';
import { ANALYSIS_VERSION } from './analysis.ts';
import { findAnalysis, saveAnalysis, saveAnalysisFailure } from './analysis-repo.ts';
import { keepMeasured, measureSound, readSoundLabels } from './measure-sound.ts';

const FOREIGN_KEY_VIOLATION = '23503';

/**
 * Analyses a recording that was ready before sound was measured as it is now. May run twice, even at once: each run
 * has files of its own, the first to end keeps its row, and the other removes what it made.
 */
export async function analyseRecording(
  context: MediaContext,
  payload: { organisationId: string; recordingId: string },
  job: JobRun,
): Promise<void> {
  const { kernel, log } = context;
  const { organisationId, recordingId } = payload;
  const recording = await findRecording(kernel.db.kysely, organisationId, recordingId);
  if (recording?.status !== 'ready' || recording.originalKey === null) return;
  const before = await findAnalysis(kernel.db.kysely, organisationId, recordingId);
  if (before && before.version >= ANALYSIS_VERSION) return;
  const deadline = AbortSignal.timeout(kernel.config.extractionTimeoutMs);
  const signal = AbortSignal.any([job.signal, deadline]);
  try {
    await measureAndKeep(context, recording, signal);
  } catch (error) {
    const failure = toFailure(error);
    if (failure.isPatient) throw error;
    if (job.signal.aborted || (!failure.isFinal && !deadline.aborted && !job.isLastAttempt)) throw error;
    log.warn({ err: error, recordingId, code: failure.code }, 'an analysis failed');
    await saveFailure(context, payload, failure.message);
  }
}

/** Asks for the analysis of a ready recording; once, however often it is asked for. */
export async function requestAnalysis(
  { kernel }: Pick<MediaContext, 'kernel'>,
  payload: { organisationId: string; recordingId: string },
  priority?: number,
): Promise<void> {
  const options = { singletonKey: payload.recordingId, ...(priority === undefined ? {} : { priority }) };
  await kernel.db.transaction((tx) => kernel.jobs.enqueue(tx, analyseRecordingJob, payload, options));
}

async function measureAndKeep(
  context: MediaContext,
  recording: Recording,
  signal: AbortSignal,
): Promise<void> {
  const { storage, media } = context.kernel;
  const { organisationId, id } = recording;
  const scratch = await storage.scratch();
  const stored: string[] = [];
  try {
    const inputPath = await scratch.bring(recording.originalKey ?? '', signal);
    const source = toMediaInfo(recording) ?? (await media.probe(inputPath, { signal }));
    const request = { inputPath, source, folder: scratch.path, signal };
    const measured = await measureSound(media, request, await readSoundLabels(media, request));
    const analysis = await keepMeasured(measured, (from, name) => {
      const key = newFileKey(organisationId, id, name);
      stored.push(key);
      return storage.adopt(from, key);
    });
    signal.throwIfAborted();
    await context.kernel.db.transaction(async (tx) => {
      const replaced = await saveAnalysis(tx, organisationId, id, analysis, { unlessThere: true });
      if (replaced?.length) await context.kernel.jobs.enqueue(tx, removeFilesJob, { keys: replaced });
    });
  } catch (error) {
    // The recording was removed meanwhile: nothing is left to be said of it.
    if (codeOf(error) !== FOREIGN_KEY_VIOLATION) throw error;
  } finally {
    await scratch.remove();
    await removeUnreferenced(context, stored);
  }
}

async function saveFailure(
  { kernel }: MediaContext,
  { organisationId, recordingId }: { organisationId: string; recordingId: string },
  message: string,
): Promise<void> {
  try {
    await saveAnalysisFailure(kernel.db.kysely, organisationId, recordingId, message);
  } catch (error) {
    if (codeOf(error) !== FOREIGN_KEY_VIOLATION) throw error;
  }
}
