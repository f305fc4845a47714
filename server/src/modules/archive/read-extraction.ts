import type { Actor } from '../../kernel/auth/actor.ts';
import type { Archive } from './archive.ts';
import { fitsWish } from './audio-file.ts';
import { readAudioFilesJson } from './debat-read-repo.ts';
import { noExtraction } from './errors.ts';
import { presentExtraction } from './extraction-state.ts';
import { readableDebat } from './read-debat.ts';
import type { AudioFileReply, ExtractBody, Extraction } from './schemas.ts';

/** How the extraction of a débat stands; `wish` picks the file that is shown with it. */
export async function readExtraction(
  archive: Archive,
  actor: Actor,
  id: string,
  wish: Pick<ExtractBody, 'format' | 'quality'> = {},
): Promise<Extraction> {
  const { kysely } = archive.db;
  const debat = await readableDebat(kysely, actor, id);
  const { organisationId, recordingId } = debat;
  const recording =
    recordingId === null ? null : await archive.media.getRecording(kysely, organisationId, recordingId);
  if (!recording)
    throw noExtraction('No extraction has been asked for; start one with POST on this address.');
  const files: AudioFileReply[] = JSON.parse(await readAudioFilesJson(kysely, organisationId, debat.id));
  const file = files.find((each) => fitsWish(each, wish)) ?? files[0] ?? null;
  return presentExtraction(debat, recording, file);
}
