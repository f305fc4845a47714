import type { Executor } from '../../../kernel/db/db.ts';
import { findAnalysis } from '../analysis/analysis-repo.ts';
import { notNormalisable, notReady, originalRemoved, recordingNotFound } from '../errors.ts';
import { acceptWish } from '../extraction/request-extraction.ts';
import { makeRenditionJob } from '../jobs.ts';
import { assertRoom } from '../keeping/quota.ts';
import type { MediaContext } from '../media-context.ts';
import { findRecording } from '../recording-repo.ts';
import { levelFault } from './level.ts';
import type { AudioFormat, LevelledWish, LoudnessTarget, Rendition } from './rendition.ts';
import { takeRenditionPlace } from './rendition-queue.ts';
import { findRenditionByWish, insertRenditions, queueRendition } from './rendition-repo.ts';

/** What a client wishes: absent members take the configuration's defaults; `normalise: true` is −16 LUFS. */
export interface AskedRendition {
  format?: AudioFormat | undefined;
  quality?: string | undefined;
  normalise?: boolean | LoudnessTarget | undefined;
}

const USUAL_TARGET = -16;

/**
 * Asks for a rendition in the caller's transaction; made once, whoever asks and however often. A failed or cancelled
 * one is tried again. Throws 429 `media.transcoder-full` when it would have to wait behind too many others.
 */
export async function requestRendition(
  q: Executor,
  context: MediaContext,
  organisationId: string,
  recordingId: string,
  asked: AskedRendition,
): Promise<Rendition> {
  const wish: LevelledWish = {
    ...acceptWish(context.defaults, asked),
    normalised: asked.normalise === true ? USUAL_TARGET : asked.normalise || null,
  };
  await assertPossible(q, organisationId, recordingId, wish);
  await assertRoom(q, organisationId, 1);
  const there = await findRenditionByWish(q, organisationId, recordingId, wish);
  if (there?.status === 'completed' || there?.status === 'extracting') return there;
  if (there?.status === 'pending' && there.jobId !== null) return there;
  const priority = await takeRenditionPlace(q, organisationId, context.kernel.config.maxWaitingRenditions);
  await insertRenditions(q, organisationId, recordingId, [wish], false);
  const rendition = await findRenditionByWish(q, organisationId, recordingId, wish);
  if (!rendition) throw recordingNotFound();
  if (rendition.status === 'completed' || rendition.status === 'extracting') return rendition;
  const payload = { organisationId, renditionId: rendition.id };
  const jobId = await context.kernel.jobs.enqueue(q, makeRenditionJob, payload, {
    singletonKey: rendition.id,
    priority,
  });
  // Null: a job already waits, and everyone waits for it.
  return (jobId === null ? null : await queueRendition(q, organisationId, rendition.id, jobId)) ?? rendition;
}

/** What can be known to be impossible is refused now; sound that was never measured is measured by the job. */
async function assertPossible(
  q: Executor,
  organisationId: string,
  recordingId: string,
  { normalised }: LevelledWish,
): Promise<void> {
  const recording = await findRecording(q, organisationId, recordingId);
  if (!recording) throw recordingNotFound();
  if (recording.status !== 'ready') {
    throw notReady('Other renditions can be made once the recording is ready.', {
      members: { recording_status: recording.status },
    });
  }
  if (recording.originalKey === null) {
    throw originalRemoved('The file that it would be made from was removed by a rule of retention.');
  }
  if (normalised === null) return;
  const analysis = await findAnalysis(q, organisationId, recordingId);
  const fault = analysis && levelFault(analysis, normalised);
  if (fault) throw notNormalisable(fault);
}
