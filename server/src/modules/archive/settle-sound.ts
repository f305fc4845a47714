import type { Tx } from '../../kernel/db/db.ts';
import { type Archive, now } from './archive.ts';
import { type Debat, type SoundState, soundColumns } from './debat.ts';
import { lockDebatsOfRecording, updateDebat } from './debat-repo.ts';
import { announceEnd } from './news.ts';

type Settling = Pick<Archive, 'db' | 'clock' | 'hints' | 'cache' | 'media' | 'totals'>;

/**
 * Brings the débats of a recording to what the recording is now. It reads the present state rather than trust
 * a message, so it may run twice, late, or out of order; the row lock makes runs follow one another.
 */
export async function settleSound(
  archive: Settling,
  organisationId: string,
  recordingId: string,
): Promise<void> {
  await archive.db.transaction(async (tx) => {
    const debats = await lockDebatsOfRecording(tx, organisationId, recordingId);
    if (debats.length === 0) return;
    const recording = await archive.media.getRecording(tx, organisationId, recordingId);
    if (!recording) return;
    for (const debat of debats) await settleOne(archive, tx, debat, recording);
  });
  archive.totals.forget(organisationId);
}

async function settleOne(
  archive: Settling,
  tx: Tx,
  debat: Debat,
  recording: SoundState & { id: string; errorMessage: string | null },
): Promise<void> {
  const columns = soundColumns(debat, recording);
  // Ready twice says nothing new, and must not undo a status that a person has set since.
  if (columns.has_audio && debat.hasAudio) return;
  const isSame = columns.status === debat.status && columns.has_audio === debat.hasAudio;
  if (isSame) return;
  await updateDebat(tx, debat.organisationId, debat.id, columns, now(archive));
  await archive.cache.changed(tx, debat.organisationId);
  await announceEnd(archive.hints, tx, debat, columns.status, recording);
}
