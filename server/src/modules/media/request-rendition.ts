import type { Executor } from '../../kernel/db/db.ts';
import { notReady, recordingNotFound } from './errors.ts';
import { makeRenditionJob } from './jobs.ts';
import type { MediaContext } from './media-context.ts';
import { findRecording } from './recording-repo.ts';
import type { AudioFormat, Rendition } from './rendition.ts';
import { findRenditionByWish, insertRenditions, queueRendition } from './rendition-repo.ts';
import { acceptWish } from './request-extraction.ts';

/**
 * Asks for a rendition in the caller's transaction; made once, whoever asks and however often. A failed one is
 * tried again.
 */
export async function requestRendition(
  q: Executor,
  context: MediaContext,
  organisationId: string,
  recordingId: string,
  asked: { format?: AudioFormat; quality?: string },
): Promise<Rendition> {
  const wish = acceptWish(context.defaults, asked);
  const recording = await findRecording(q, organisationId, recordingId);
  if (!recording) throw recordingNotFound();
  if (recording.status !== 'ready') {
    throw notReady('Other renditions can be made once the recording is ready.', {
      members: { recording_status: recording.status },
    });
  }
  await insertRenditions(q, organisationId, recordingId, [wish], false);
  const rendition = await findRenditionByWish(q, organisationId, recordingId, wish);
  if (!rendition) throw recordingNotFound();
  if (rendition.status === 'completed' || rendition.status === 'extracting') return rendition;
  const payload = { organisationId, renditionId: rendition.id };
  const jobId = await context.kernel.jobs.enqueue(q, makeRenditionJob, payload, {
    singletonKey: rendition.id,
  });
  // Null: a job already waits, and everyone waits for it.
  return (jobId === null ? null : await queueRendition(q, organisationId, rendition.id, jobId)) ?? rendition;
}
