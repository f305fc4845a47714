import type { Tx } from '../../../kernel/db/db.ts';
import { JOB_PRIORITY, type JobRun } from '../../../kernel/jobs/job.ts';
import { MediaError } from '../../../kernel/media/tools.ts';
import { codeOf } from '../../../kernel/reason-of.ts';
import { toMediaInfo } from '../extraction/probed-facts.ts';
import { fingerprintRecordingJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';
import { findRecording } from '../recording-repo.ts';
import {
  findFingerprint,
  listWithoutFingerprintAcrossOrganisations,
  saveFingerprint,
} from './fingerprint-repo.ts';
import { sketchOf } from './sketch.ts';

const FOREIGN_KEY_VIOLATION = '23503';
const AT_MOST = 20;

/** Takes the fingerprint of a ready recording. May run twice: the first to end is kept. */
export async function fingerprintRecording(
  { kernel }: MediaContext,
  { organisationId, recordingId }: { organisationId: string; recordingId: string },
  job: JobRun,
): Promise<void> {
  const { db, storage, media } = kernel;
  const recording = await findRecording(db.kysely, organisationId, recordingId);
  const source = recording?.status === 'ready' ? toMediaInfo(recording) : null;
  if (!source || (await findFingerprint(db.kysely, organisationId, recordingId))) return;
  const signal = AbortSignal.any([job.signal, AbortSignal.timeout(kernel.config.extractionTimeoutMs)]);
  const scratch = await storage.scratch();
  try {
    const inputPath = await scratch.bring(recording?.originalKey ?? '', signal);
    const values = await media.fingerprint({ inputPath, source, signal }).catch(noneOfBroken);
    if (values === null) return;
    await saveFingerprint(db.kysely, organisationId, recordingId, { values, sketch: sketchOf(values) });
  } catch (error) {
    // The recording was removed meanwhile.
    if (codeOf(error) !== FOREIGN_KEY_VIOLATION) throw error;
  } finally {
    await scratch.remove();
  }
}

/** A sound that can't be read to its end is like no other: nobody tries again. */
function noneOfBroken(error: unknown): Int32Array {
  if (error instanceof MediaError && error.failure === 'broken') return new Int32Array(0);
  throw error;
}

/** Asks for the fingerprint of a recording, after everything else; once, however often it is asked for. */
export async function requestFingerprint(
  tx: Tx,
  { kernel }: Pick<MediaContext, 'kernel'>,
  payload: { organisationId: string; recordingId: string },
): Promise<void> {
  if (!kernel.media.info.muxers.has('chromaprint')) return;
  const options = { singletonKey: payload.recordingId, priority: JOB_PRIORITY.low };
  await kernel.jobs.enqueue(tx, fingerprintRecordingJob, payload, options);
}

/** Asks for some of the fingerprints that are missing; answers how many. */
export async function backfillFingerprints(context: Pick<MediaContext, 'kernel'>): Promise<number> {
  const { db, media } = context.kernel;
  if (!media.info.muxers.has('chromaprint')) return 0;
  const missing = await listWithoutFingerprintAcrossOrganisations(db.kysely, AT_MOST);
  for (const { id, organisationId } of missing) {
    await db.transaction((tx) => requestFingerprint(tx, context, { organisationId, recordingId: id }));
  }
  return missing.length;
}
