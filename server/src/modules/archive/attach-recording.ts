import type { Tx } from '../../kernel/db/db.ts';
import type { MediaDoor, Visibility } from '../media/public.ts';
import { type DebatStatus, soundColumns } from './debat.ts';
import type { DebatColumns } from './debat-repo.ts';
import { refuseFields } from './errors.ts';

interface Attaching {
  visibility: Visibility;
  duration_minutes?: number | null | undefined;
}

/**
 * The columns of a débat whose sound is this recording of its organisation; the recording takes over the
 * débat's visibility. A status that the person gave stands, once there is sound.
 */
export async function attachRecording(
  media: MediaDoor,
  tx: Tx,
  organisationId: string,
  debat: Attaching,
  recordingId: string,
  asked: DebatStatus | undefined,
): Promise<DebatColumns> {
  const { visibility, duration_minutes: durationMinutes = null } = debat;
  const recording = await media.getRecording(tx, organisationId, recordingId);
  if (!recording) throw refuseFields([{ field: 'recording_id', message: 'names no recording of yours' }]);
  await media.setVisibility(tx, organisationId, recordingId, visibility);
  const columns = soundColumns({ status: 'extraction', durationMinutes }, recording);
  const status = columns.has_audio ? (asked ?? columns.status) : columns.status;
  return { ...columns, status, recording_id: recordingId, owns_recording: false };
}
