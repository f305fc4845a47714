import type { MediaContext } from '../media-context.ts';
import { asUploadProblem } from './append-to-upload.ts';
import { finishUpload } from './finish-upload.ts';
import { isWhole, type Progress, type ResumableUpload } from './resumable.ts';
import { listWholeAcrossOrganisations } from './resumable-repo.ts';
import { holdUpload } from './upload-holds.ts';

const BATCH = 50;

/** How an upload stands. One whose last bytes came just before a crash becomes its recording first. */
export async function readProgress(context: MediaContext, upload: ResumableUpload): Promise<Progress> {
  if (upload.completedAt === null && isWhole(upload)) return finishWhole(context, upload);
  const { offsetBytes, expiresAt, completedAt, id } = upload;
  return { offsetBytes, expiresAt, recordingId: completedAt === null ? null : id };
}

async function finishWhole(context: MediaContext, upload: ResumableUpload): Promise<Progress> {
  const hold = await holdUpload(context, upload, upload.sizeBytes);
  try {
    return await finishUpload(context, hold);
  } catch (error) {
    throw await asUploadProblem(context, upload, error);
  } finally {
    await hold.release();
  }
}

/** False for the bytes of another machine. */
async function isHere({ kernel, unfinished }: MediaContext, upload: ResumableUpload): Promise<boolean> {
  if ((await unfinished.sizeOf(upload.id)) !== null) return true;
  return (await kernel.storage.stat(upload.originalKey)) !== null;
}

/** Makes the recordings of uploads whose bytes are all on this machine and that nobody asks for any more. */
export async function finishLeftUploads(context: MediaContext, signal: AbortSignal): Promise<void> {
  for (const upload of await listWholeAcrossOrganisations(context.kernel.db.kysely, BATCH)) {
    if (signal.aborted) return;
    if (!(await isHere(context, upload))) continue;
    await finishWhole(context, upload).catch((error) =>
      context.log.warn({ err: error, uploadId: upload.id }, 'an upload could not be made a recording'),
    );
  }
}
