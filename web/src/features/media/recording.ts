import type { Schema } from '@antenne/client';
import { formatInstant } from '../../i18n/format.ts';
import type { Language } from '../../i18n/language.ts';
import { typeset } from '../../i18n/typeset.ts';
import type { Track } from '../../player/track.ts';

export type Recording = Schema<'Recording'>;

/** True while the server still has something to do with it. */
export const isWorkedOn = ({ status }: Pick<Recording, 'status'>): boolean =>
  status === 'uploading' || status === 'queued' || status === 'processing';

/** A recording as the player knows it. */
export function recordingTrack(recording: Recording, language: Language): Track {
  return {
    kind: 'recording',
    id: recording.id,
    title: typeset(recording.title),
    note: formatInstant(recording.created_at, language),
    recordingId: recording.id,
    durationSeconds: recording.duration_seconds,
  };
}
