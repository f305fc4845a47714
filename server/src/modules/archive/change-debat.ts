import type { SignedInActor } from '../../kernel/auth/actor.ts';
import type { Tx } from '../../kernel/db/db.ts';
import { isId } from '../../kernel/id.ts';
import { type Archive, now, today } from './archive.ts';
import { attachRecording } from './attach-recording.ts';
import { type Debat, silentStatus } from './debat.ts';
import { orderFaults, readColumns, statusFaults } from './debat-columns.ts';
import { type DebatColumns, findIdBySource, isSameSource, lockDebat, updateDebat } from './debat-repo.ts';
import { debatNotFound, refuseFields, sameSource } from './errors.ts';
import { tellDebatChanged } from './events.ts';
import { announceStatus } from './news.ts';
import type { DebatChange } from './schemas.ts';
import { settleSound } from './settle-sound.ts';

/** Changes what the body names and nothing else. */
export async function changeDebat(
  archive: Archive,
  actor: SignedInActor,
  id: string,
  body: DebatChange,
): Promise<void> {
  if (!isId(id)) throw debatNotFound();
  const { organisationId } = actor;
  const { columns, faults } = readColumns(body);
  try {
    await archive.db.transaction(async (tx) => {
      const debat = await lockDebat(tx, organisationId, id);
      if (!debat) throw debatNotFound();
      const all = [...faults, ...mergedFaults(debat, columns)];
      if (all.length > 0) throw refuseFields(all);
      await apply(archive, tx, debat, columns);
    });
  } catch (error) {
    if (!isSameSource(error) || !columns.source_url) throw error;
    throw sameSource(await findIdBySource(archive.db.kysely, organisationId, columns.source_url));
  }
  if (columns.recording_id) await settleSound(archive, organisationId, columns.recording_id);
  archive.totals.forget(organisationId);
}

/** Rules over fields of which the body may name only some. */
function mergedFaults(debat: Debat, columns: DebatColumns) {
  const start = columns.start_time === undefined ? debat.startTime : columns.start_time;
  const end = columns.end_time === undefined ? debat.endTime : columns.end_time;
  return [...orderFaults(start, end), ...statusFaults(columns.status, debat.status)];
}

async function apply(archive: Archive, tx: Tx, debat: Debat, columns: DebatColumns): Promise<void> {
  if (Object.keys(columns).length === 0) return;
  const changed = { ...columns, ...(await soundChange(archive, tx, debat, columns)) };
  await updateDebat(tx, debat.organisationId, debat.id, changed, now(archive));
  await tellDebatChanged(archive, tx, debat, debat.recordingId, changed.recording_id);
  const { title = debat.title, status = debat.status, visibility = debat.visibility } = changed;
  const { id, organisationId } = debat;
  await announceStatus(archive.hints, tx, debat.status, { id, organisationId, title, status, visibility });
}

/** What follows for the sound: another recording, none, or the same one shown to others. */
async function soundChange(
  { media, ...archive }: Archive,
  tx: Tx,
  debat: Debat,
  columns: DebatColumns,
): Promise<DebatColumns> {
  const { visibility = debat.visibility, duration_minutes = debat.durationMinutes, recording_id } = columns;
  if (recording_id && recording_id !== debat.recordingId) {
    const attaching = { visibility, duration_minutes };
    return attachRecording(media, tx, debat.organisationId, attaching, recording_id, columns.status);
  }
  if (recording_id === null && debat.recordingId !== null) {
    const status = columns.status ?? silentStatus(columns.date ?? debat.date, today(archive));
    return { recording_id: null, has_audio: false, owns_recording: false, status };
  }
  if (debat.recordingId !== null && visibility !== debat.visibility) {
    await media.setVisibility(tx, debat.organisationId, debat.recordingId, visibility);
  }
  return {};
}
