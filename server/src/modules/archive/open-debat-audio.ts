import { extname } from 'node:path';
import type { Actor } from '../../kernel/auth/actor.ts';
import { isId } from '../../kernel/id.ts';
import type { AudioClient, AudioQuery } from '../media/public.ts';
import type { Archive } from './archive.ts';
import { downloadStem } from './audio-file.ts';
import type { Debat } from './debat.ts';
import { findDebatAcrossOrganisations } from './debat-repo.ts';
import { debatNotFound, noAudio } from './errors.ts';
import { describeExtraction } from './extraction-state.ts';
import { readableDebat } from './read-debat.ts';

/** The bytes of a débat, and whose they are. */
export interface DebatAudio {
  debat: Debat;
  file: Awaited<ReturnType<Archive['media']['openAudio']>>;
  downloadName: string;
}

/** Finds the rendition to send, for whoever may read the débat or holds a signed address of its recording. */
export async function openDebatAudio(
  archive: Archive,
  actor: Actor,
  id: string,
  query: AudioQuery,
  client: AudioClient,
): Promise<DebatAudio> {
  const debat = await openableDebat(archive, actor, id, query);
  const { organisationId, recordingId } = debat;
  if (recordingId === null || !debat.hasAudio) throw await silence(archive, debat);
  const { format, quality, normalise } = query;
  const asked = { format, quality, normalise, client };
  const file = await archive.media.openAudio(organisationId, recordingId, asked);
  return { debat, file, downloadName: downloadStem(debat.date, debat.title) + extname(file.filename) };
}

/** A signature carries its own right, on any host name; it is judged before anything is said of the débat. */
async function openableDebat(archive: Archive, actor: Actor, id: string, query: AudioQuery): Promise<Debat> {
  if (query.sig === undefined && query.expires === undefined) {
    return readableDebat(archive.db.kysely, actor, id);
  }
  const debat = isId(id) ? await findDebatAcrossOrganisations(archive.db.kysely, id) : null;
  if (!debat || debat.recordingId === null) throw debatNotFound();
  archive.media.verify(debat.recordingId, { expires: query.expires, sig: query.sig });
  return debat;
}

async function silence(archive: Archive, debat: Debat) {
  const { organisationId, recordingId } = debat;
  const recording =
    recordingId === null
      ? null
      : await archive.media.getRecording(archive.db.kysely, organisationId, recordingId);
  return noAudio(describeExtraction(debat, recording));
}
