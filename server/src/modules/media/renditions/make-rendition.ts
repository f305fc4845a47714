import { newId } from '../../../kernel/id.ts';
import type { JobRun } from '../../../kernel/jobs/job.ts';
import { RunLost, startBeat } from '../../../kernel/jobs/run-beat.ts';
import { toFailure } from '../extraction/extraction-failure.ts';
import { newFileKey } from '../keeping/file-keys.ts';
import { takeRoom } from '../keeping/quota.ts';
import { removeUnreferenced } from '../keeping/remove-files.ts';
import type { MediaContext } from '../media-context.ts';
import { MAX_ATTEMPTS } from '../recording.ts';
import { findRecording } from '../recording-repo.ts';
import { encodeRendition, type RenditionWork } from './encode-rendition.ts';
import { extensionOf } from './rendition.ts';
import { completeRendition, type RenditionFile } from './rendition-repo.ts';
import {
  claimRendition,
  failRendition,
  giveRenditionBack,
  type RenditionRun,
  touchRendition,
} from './rendition-run-repo.ts';

/** Encodes one rendition on demand; fenced like an extraction, so that it may run twice. */
export async function makeRendition(
  context: MediaContext,
  payload: { organisationId: string; renditionId: string },
  job: JobRun,
): Promise<void> {
  const { kernel, log } = context;
  const key: RenditionRun = { ...payload, runId: newId() };
  const rendition = await claimRendition(kernel.db.kysely, key, job.jobId);
  if (!rendition) return;
  const recording = await findRecording(kernel.db.kysely, key.organisationId, rendition.recordingId);
  if (!recording) return;
  const beat = startBeat(0, (percent) => touchRendition(kernel.db.kysely, key, percent), log);
  const deadline = AbortSignal.timeout(kernel.config.extractionTimeoutMs);
  const signal = AbortSignal.any([job.signal, beat.signal, deadline]);
  try {
    const onProgress = (fraction: number) => beat.report(Math.min(99, Math.floor(fraction * 100)));
    await encodeAndShow(context, key, { recording, rendition, job }, { signal, onProgress });
  } catch (error) {
    await beat.stop();
    if (error instanceof RunLost || beat.signal.aborted) return;
    const failure = toFailure(error);
    const mayPass = (job.signal.aborted || !failure.isFinal) && !deadline.aborted;
    const hasTriesLeft = !job.isLastAttempt && rendition.attempts <= MAX_ATTEMPTS;
    if (mayPass && (failure.isPatient || hasTriesLeft)) {
      if (await giveRenditionBack(kernel.db.kysely, key)) throw error;
      return;
    }
    log.warn({ err: error, renditionId: key.renditionId, code: failure.code }, 'a rendition failed');
    await failRendition(kernel.db.kysely, key, failure);
  } finally {
    await beat.stop();
  }
}

async function encodeAndShow(
  context: MediaContext,
  key: RenditionRun,
  { recording, rendition, job }: Pick<RenditionWork, 'recording' | 'rendition' | 'job'>,
  { signal, onProgress }: Pick<RenditionWork, 'signal' | 'onProgress'>,
): Promise<void> {
  const { kernel } = context;
  const { storage, db } = kernel;
  const scratch = await storage.scratch();
  const level = rendition.normalised === null ? '' : `${rendition.normalised}lufs`;
  const fileKey = newFileKey(
    key.organisationId,
    recording.id,
    `${rendition.quality}${level}.${extensionOf(rendition.format)}`,
  );
  try {
    const folder = scratch.path;
    const bring = (stored: string) => scratch.bring(stored, signal);
    const work = { recording, rendition, job, folder, bring, signal, onProgress };
    const encoded = await encodeRendition(context, work);
    const { sizeBytes, sha256 } = await storage.adopt(encoded.path, fileKey);
    const { mimeType, durationMs } = encoded;
    const file: RenditionFile = { fileKey, sizeBytes, sha256, mimeType, durationMs: Math.round(durationMs) };
    signal.throwIfAborted();
    await db.transaction(async (tx) => {
      await takeRoom(tx, key.organisationId, sizeBytes);
      if (!(await completeRendition(tx, key.organisationId, key.renditionId, file, key.runId)))
        throw new RunLost();
      await kernel.cache.changed(tx, key.organisationId);
    });
  } catch (error) {
    await removeUnreferenced(context, [fileKey]).catch(() => undefined);
    throw error;
  } finally {
    await scratch.remove();
  }
}
