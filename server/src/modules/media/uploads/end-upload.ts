import { uploadFinished } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import type { ResumableUpload } from './resumable.ts';
import { deleteUpload } from './resumable-repo.ts';
import { HoldLost } from './upload-holds.ts';

/** Forgets an unfinished upload and its bytes, even while they arrive. 409 when it is a recording by now. */
export async function endUpload(context: MediaContext, upload: ResumableUpload): Promise<void> {
  if (upload.completedAt !== null) {
    throw uploadFinished('This upload has become a recording; remove that one instead.', {
      members: { recording_id: upload.id },
    });
  }
  await deleteUpload(context.kernel.db.kysely, upload);
  context.holds.get(upload.id)?.abort(new HoldLost());
  await context.unfinished.remove(upload.id);
}
