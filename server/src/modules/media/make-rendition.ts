import path from 'node:path';
import { newId } from '../../kernel/id.ts';
import type { JobRun } from '../../kernel/jobs/job.ts';
import { RunLost, startBeat } from '../../kernel/jobs/run-beat.ts';
import { toFailure } from './extraction-failure.ts';
import { newFileKey } from './file-keys.ts';
import type { MediaContext } from './media-context.ts';
import { toMediaInfo } from './probed-facts.ts';
import { MAX_ATTEMPTS, type Recording } from './recording.ts';
import { findRecording } from './recording-repo.ts';
import { removeUnreferenced } from './remove-files.ts';
import { bitrateOf, extensionOf, type Rendition } from './rendition.ts';
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
  const beat = startBeat(0, () => touchRendition(kernel.db.kysely, key), log);
  const deadline = AbortSignal.timeout(kernel.config.extractionTimeoutMs);
  const signal = AbortSignal.any([job.signal, beat.signal, deadline]);
  try {
    await encodeAndShow(context, key, recording, rendition, signal);
  } catch (error) {
    await beat.stop();
    if (error instanceof RunLost || beat.signal.aborted) return;
    const failure = toFailure(error);
    const mayPass = (job.signal.aborted || !failure.isFinal) && !deadline.aborted;
    if (mayPass && !job.isLastAttempt && rendition.attempts <= MAX_ATTEMPTS) {
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
  recording: Recording,
  rendition: Rendition,
  signal: AbortSignal,
): Promise<void> {
  const { storage, db, media } = context.kernel;
  const inputPath = await storage.localPath(recording.originalKey ?? '');
  const source = toMediaInfo(recording) ?? (await media.probe(inputPath, { signal }));
  const scratch = await storage.scratch();
  const fileKey = newFileKey(
    key.organisationId,
    recording.id,
    `${rendition.quality}.${extensionOf(rendition.format)}`,
  );
  try {
    const output = {
      path: path.join(scratch.path, rendition.filename),
      format: rendition.format,
      bitrateKbps: bitrateOf(rendition.quality),
    };
    const [encoded] = await media.encode({
      inputPath,
      source,
      outputs: [output],
      title: recording.title,
      signal,
    });
    if (!encoded) throw new Error('the encoder answered no file');
    const { sizeBytes, sha256 } = await storage.adopt(encoded.path, fileKey);
    const { mimeType, durationMs } = encoded;
    const file: RenditionFile = { fileKey, sizeBytes, sha256, mimeType, durationMs: Math.round(durationMs) };
    signal.throwIfAborted();
    if (!(await completeRendition(db.kysely, key.organisationId, key.renditionId, file, key.runId)))
      throw new RunLost();
  } catch (error) {
    await removeUnreferenced(context, [fileKey]).catch(() => undefined);
    throw error;
  } finally {
    await scratch.remove();
  }
}
