import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from '../../../kernel/auth/actor.ts';
import { validationFailed } from '../../../kernel/http/problem.ts';
import { isId } from '../../../kernel/id.ts';
import { recordingNotFound, renditionNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import { queryOfRendition } from '../present.ts';
import { findRecording } from '../recording-repo.ts';
import { signAddress } from '../signing/sign-address.ts';
import { openAudioFile } from '../streaming/open-audio-file.ts';
import { isPlayable, type Rendition } from './rendition.ts';
import { secondsToEnd } from './rendition-queue.ts';
import { readRenditionQueueAcrossOrganisations } from './rendition-queue-repo.ts';
import { findRendition } from './rendition-repo.ts';
import { requestRendition } from './request-rendition.ts';
import { readTargetQuality, type TargetQuality } from './target-quality.ts';

const LOOK_EVERY_MS = 400;
const WAIT_AT_MOST_MS = 15_000;
/** Requests of this process that wait for their file; further ones are answered as if they would not. */
const MOST_WAITING = 32;

/** How many requests of this process wait at the moment. */
export interface Waiting {
  count: number;
}

/** What a client asks for; `isAsync: false` waits, within bounds. */
export interface CompressionRequest {
  inputFile: string;
  target: TargetQuality;
  isAsync: boolean;
  /** Aborts when the client has gone. */
  signal: AbortSignal;
}

/** Compression is a rendition by another name: the job is the rendition, made once for all who ask. */
export async function compress(
  context: MediaContext,
  waiting: Waiting,
  actor: Actor,
  request: CompressionRequest,
) {
  const wish = readTargetQuality(request.target);
  if ('fault' in wish) {
    const message = `${wish.fault}.`;
    throw validationFailed(`target_quality: ${message}`, { errors: [{ field: 'target_quality', message }] });
  }
  const { source } = await openAudioFile(context, actor, request.inputFile, {});
  const { organisationId } = actor;
  if (source.organisationId !== organisationId) throw recordingNotFound();
  const { db } = context.kernel;
  const asked = await db.transaction((tx) => requestRendition(tx, context, organisationId, source.id, wish));
  const isThere = asked.status === 'completed' || request.isAsync;
  return presentJob(context, isThere ? asked : await waitFor(context, waiting, asked, request.signal));
}

/** The state of a job that `compress` gave out. */
export async function readCompression(context: MediaContext, organisationId: string, id: string) {
  const rendition = isId(id) ? await findRendition(context.kernel.db.kysely, organisationId, id) : null;
  if (!rendition) throw renditionNotFound('There is no compression job with this id.');
  return presentJob(context, rendition);
}

async function waitFor(
  { kernel }: MediaContext,
  waiting: Waiting,
  asked: Rendition,
  signal: AbortSignal,
): Promise<Rendition> {
  if (waiting.count >= MOST_WAITING) return asked;
  const until = performance.now() + WAIT_AT_MOST_MS;
  waiting.count += 1;
  try {
    let last = asked;
    while (last.status !== 'completed' && last.status !== 'error' && performance.now() < until) {
      await delay(LOOK_EVERY_MS, undefined, { signal, ref: false });
      last = (await findRendition(kernel.db.kysely, asked.organisationId, asked.id)) ?? last;
    }
    return last;
  } catch (error) {
    if (signal.aborted) return asked;
    throw error;
  } finally {
    waiting.count -= 1;
  }
}

const STATUS = {
  pending: 'queued',
  extracting: 'processing',
  completed: 'completed',
  error: 'failed',
} as const;

async function presentJob(context: MediaContext, rendition: Rendition) {
  const { id, status, progress, errorMessage, recordingId, format, quality, sizeBytes } = rendition;
  const signed = isPlayable(rendition)
    ? signAddress(context, {
        recordingId,
        path: `/api/recordings/${recordingId}/download`,
        query: queryOfRendition(rendition),
      })
    : null;
  return {
    job_id: id,
    status: STATUS[status],
    progress,
    error: errorMessage,
    recording_id: recordingId,
    format,
    quality,
    file_size: sizeBytes,
    metadata_preserved: true,
    estimated_completion_time: await completionOf(context, rendition),
    download_url: signed?.url ?? null,
  };
}

/** When it was done, or will be if the queue goes on as it did; null for what has failed. */
async function completionOf({ kernel }: MediaContext, rendition: Rendition): Promise<string | null> {
  const { status, completedAt, organisationId, recordingId } = rendition;
  if (status === 'error') return null;
  if (completedAt !== null) return completedAt.toISOString();
  const { kysely } = kernel.db;
  const queue = await readRenditionQueueAcrossOrganisations(kysely, organisationId);
  const recording = rendition.isPlanned ? await findRecording(kysely, organisationId, recordingId) : null;
  const seconds = secondsToEnd(queue, (recording?.durationMs ?? 0) / 1000);
  return new Date(kernel.clock.now() + seconds * 1000).toISOString();
}
