import { Problem } from '../../../kernel/http/problem.ts';
import type { MediaContext } from '../media-context.ts';
import { removeForGood, restoreRecording } from './trash-recording.ts';
import { listExpiredTrashAcrossOrganisations } from './trash-repo.ts';

const AT_ONCE = 100;

/**
 * Removes for good what has been in the trash for TRASH_DAYS, one recording a transaction, by any number of workers at
 * once. What came to be used meanwhile (a débat took it in the instant of its removal) comes back instead.
 */
export async function emptyTrash(context: MediaContext, signal?: AbortSignal): Promise<number> {
  const { db, config } = context.kernel;
  let removed = 0;
  for (;;) {
    const expired = await listExpiredTrashAcrossOrganisations(db.kysely, config.trashDays, AT_ONCE);
    let done = 0;
    for (const { organisationId, id } of expired) {
      if (signal?.aborted) return removed;
      const remover = { organisationId, personId: null, origin: null };
      try {
        await db.transaction((tx) => removeForGood(tx, context, remover, id));
        removed++;
      } catch (error) {
        // Another worker was first, which is fine.
        if (!(error instanceof Problem)) throw error;
        if (error.code !== 'media.recording-in-use') continue;
        await db.transaction((tx) => restoreRecording(tx, context, remover, id));
        context.log.warn({ recordingId: id }, 'a recording in the trash is in use, and was brought back');
      }
      done++;
    }
    if (done === 0 || expired.length < AT_ONCE) return removed;
  }
}
