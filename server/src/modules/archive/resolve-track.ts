import { isId } from '../../kernel/id.ts';
import type { TrackResolver } from '../media/public.ts';
import type { Archive } from './archive.ts';
import { findDebatAcrossOrganisations } from './debat-repo.ts';
import { mayRead } from './policy.ts';

/** Lets HLS, streaming sessions and players take a débat's id: its own visibility decides, not the recording's. */
export function resolveDebatTrack({ db }: Pick<Archive, 'db'>): TrackResolver {
  return async (actor, track) => {
    const debat = isId(track) ? await findDebatAcrossOrganisations(db.kysely, track) : null;
    if (!debat || debat.recordingId === null || !debat.hasAudio) return null;
    const { organisationId, recordingId, visibility } = debat;
    return { organisationId, recordingId, visibility, mayHear: mayRead(actor, debat) };
  };
}
