import type { SignedInActor } from '../../kernel/auth/actor.ts';
import { isId } from '../../kernel/id.ts';
import { type Archive, now, today } from './archive.ts';
import { silentStatus } from './debat.ts';
import { lockDebat, updateDebat } from './debat-repo.ts';
import { debatNotFound, noExtraction } from './errors.ts';

/** Ends an extraction under way; the débat is as before it, and POST starts again. */
export async function cancelExtraction(archive: Archive, actor: SignedInActor, id: string): Promise<void> {
  if (!isId(id)) throw debatNotFound();
  const { organisationId } = actor;
  await archive.db.transaction(async (tx) => {
    const debat = await lockDebat(tx, organisationId, id);
    if (!debat) throw debatNotFound();
    if (debat.recordingId === null) throw noExtraction('There is no extraction to cancel.');
    await archive.media.cancelExtraction(tx, organisationId, debat.recordingId);
    const status = silentStatus(debat.date, today(archive));
    await updateDebat(tx, organisationId, id, { status, has_audio: false }, now(archive));
  });
  archive.totals.forget(organisationId);
}
