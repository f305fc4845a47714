import { formatDay } from '../../i18n/format.ts';
import type { Language } from '../../i18n/language.ts';
import { typeset } from '../../i18n/typeset.ts';
import type { Track } from '../../player/track.ts';
import { type Debat, secondsOf } from './archive-search.ts';

/** A débat as the player knows it. */
export function debatTrack(debat: Debat, language: Language): Track {
  return {
    kind: 'debat',
    id: debat.id,
    title: typeset(debat.title),
    note: [formatDay(debat.date, language), debat.commission].filter((part) => part !== null).join(' · '),
    recordingId: debat.recording_id,
    durationSeconds: secondsOf(debat),
  };
}
