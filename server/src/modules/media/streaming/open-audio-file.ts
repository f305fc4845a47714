import type { Actor } from '../../../kernel/auth/actor.ts';
import { recordingNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import { renditionFilename } from '../renditions/rendition.ts';
import type { AudioFile, AudioSource } from './audio-repo.ts';
import { openForReader, type Signed } from './open-for-reader.ts';

const ID_LENGTH = 36;

/**
 * What a reader may hear under a name: a recording's id, or the file name of one of its renditions, which begins with
 * that id. A signature is over the recording's id in both cases.
 */
export async function openAudioFile(
  context: MediaContext,
  actor: Actor,
  file: string,
  signed: Signed,
): Promise<{ source: AudioSource; rendition: AudioFile | null }> {
  const source = await openForReader(context, actor, file.slice(0, ID_LENGTH), signed);
  if (file.length === ID_LENGTH) return { source, rendition: null };
  const rendition = source.renditions.find((one) => renditionFilename(source.id, one) === file.toLowerCase());
  if (!rendition) throw recordingNotFound();
  return { source, rendition };
}
