import { startBeat } from '../../../kernel/jobs/run-beat.ts';
import type { MediaInfo } from '../../../kernel/media/tools.ts';
import { StorageMissingError } from '../../../kernel/storage/errors.ts';
import { syncAndHash } from '../../../kernel/storage/hash-file.ts';
import type { CommittedFile } from '../../../kernel/storage/storage.ts';
import { queueNewRecording } from '../extraction/request-extraction.ts';
import type { MediaContext } from '../media-context.ts';
import type { Progress, ResumableUpload } from './resumable.ts';
import { completeUpload } from './resumable-repo.ts';
import { type Hold, HoldLost } from './upload-holds.ts';
import { probeSoon, toNewRecording } from './upload-recording.ts';

/**
 * Makes the recording of a whole upload, once, whatever dies in between: the file's key and the recording's id were
 * chosen with the upload; row and job are committed with the upload's end. Whoever holds it next starts where this
 * stopped. Throws `media.not-audio` and `media.broken-file`.
 */
export async function finishUpload(context: MediaContext, hold: Hold): Promise<Progress> {
  const { upload } = hold;
  const beat = startBeat(0, () => isStillHeld(hold), context.log);
  try {
    const { file, info } = await placeFile(context, upload);
    const expiresAt = await addRecording(context, hold, file, info);
    return { offsetBytes: upload.sizeBytes, expiresAt, recordingId: upload.id };
  } finally {
    await beat.stop();
  }
}

/** Moves the file to its place, or finds it there. */
async function placeFile(
  context: MediaContext,
  upload: ResumableUpload,
): Promise<{ file: CommittedFile; info: MediaInfo | null }> {
  const { storage } = context.kernel;
  const path = context.unfinished.pathOf(upload.id);
  if ((await context.unfinished.sizeOf(upload.id)) === upload.sizeBytes) {
    const info = await probeSoon(context, path);
    return { file: await storage.adopt(path, upload.originalKey), info };
  }
  const stored = await storage.stat(upload.originalKey);
  if (stored?.sizeBytes !== upload.sizeBytes) throw new StorageMissingError(upload.originalKey);
  const sha256 = stored.sha256 ?? (await hashStored(context, upload.originalKey));
  // The worker probes it.
  return { file: { key: upload.originalKey, sizeBytes: upload.sizeBytes, sha256 }, info: null };
}

async function hashStored({ kernel }: MediaContext, key: string): Promise<string> {
  const borrowed = await kernel.storage.borrow(key);
  try {
    return (await syncAndHash(borrowed.path)).sha256;
  } finally {
    await borrowed.release();
  }
}

/** The upload's end, the recording and its job: all or none. */
async function addRecording(
  context: MediaContext,
  { upload, writerId }: Hold,
  file: CommittedFile,
  info: MediaInfo | null,
): Promise<Date> {
  const { db, clock, config } = context.kernel;
  const completedAt = new Date(clock.now());
  const expiresAt = new Date(clock.now() + config.uploadExpiryMs);
  const uploader = { organisationId: upload.organisationId, personId: upload.createdBy };
  const wanted = toNewRecording(context, uploader, upload.id, upload, file, info);
  await db.transaction(async (tx) => {
    if (!(await completeUpload(tx, upload, writerId, { completedAt, expiresAt }))) throw new HoldLost();
    await queueNewRecording(tx, context, upload.organisationId, wanted);
  });
  return expiresAt;
}

async function isStillHeld(hold: Hold): Promise<boolean> {
  try {
    await hold.renew(hold.upload.sizeBytes);
    return true;
  } catch (error) {
    if (error instanceof HoldLost) return false;
    throw error;
  }
}
