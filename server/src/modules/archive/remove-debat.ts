import type { SignedInActor } from '../../kernel/auth/actor.ts';
import { isId } from '../../kernel/id.ts';
import type { Archive } from './archive.ts';
import { debatsOfRecording, deleteDebat, lockDebat } from './debat-repo.ts';
import { debatNotFound } from './errors.ts';
import { tellDebatChanged } from './events.ts';

/** Removes a débat, and puts the recording that its extraction made in the trash; one that it only used stays. */
export async function removeDebat(archive: Archive, actor: SignedInActor, id: string): Promise<void> {
  if (!isId(id)) throw debatNotFound();
  const { organisationId } = actor;
  await archive.db.transaction(async (tx) => {
    const debat = await lockDebat(tx, organisationId, id);
    if (!debat) throw debatNotFound();
    await deleteDebat(tx, organisationId, id);
    await tellDebatChanged(archive, tx, debat, debat.recordingId);
    if (!debat.ownsRecording || debat.recordingId === null) return;
    const others = await debatsOfRecording(tx, organisationId, debat.recordingId);
    if (others.length === 0) {
      const remover = { organisationId, personId: actor.personId, origin: null };
      await archive.media.trashRecording(tx, remover, debat.recordingId);
    }
  });
  archive.totals.forget(organisationId);
}
