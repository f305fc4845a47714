import type { Tx } from '../../kernel/db/db.ts';
import { Problem } from '../../kernel/http/problem.ts';
import { LANGUAGE_TAG } from '../../kernel/language-tag.ts';
import type { Recording } from '../media/public.ts';
import { addImported } from './import-transcript.ts';
import { understand } from './read-import-form.ts';
import type { TranscriptionContext } from './transcription-context.ts';

/**
 * Captions that came along with a sound become its transcript: those in its own language, else the first that can be
 * read. False when there are none; what is no transcript is passed over. The caller has locked the recording's work
 * and seen that nobody has asked for a text.
 */
export async function importCaptions(
  tx: Tx,
  context: TranscriptionContext,
  recording: Recording,
): Promise<boolean> {
  const { organisationId, id } = recording;
  const captions = await context.media.captionsOf(tx, organisationId, id);
  const isOwn = (language: string | null) => sameLanguage(language, recording.language);
  const ordered = captions.toSorted(
    (one, other) => Number(isOwn(other.language)) - Number(isOwn(one.language)),
  );
  for (const { bytes, name, language } of ordered) {
    try {
      const file = understand(bytes, { filename: name });
      const asker = { organisationId, personId: null };
      await addImported(tx, context, asker, recording, { file, language: tagOf(language) });
      return true;
    } catch (error) {
      // Thrown before anything is written: the text is no transcript, or of another recording.
      if (!(error instanceof Problem)) throw error;
      context.log.info({ err: error, recordingId: id }, 'captions of a source were not understood');
    }
  }
  return false;
}

/** Strangers write languages as they like; what is no tag says nothing. */
const tagOf = (language: string | null) =>
  language !== null && LANGUAGE_TAG.test(language) ? language : undefined;

function sameLanguage(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return false;
  return one.split('-')[0]?.toLowerCase() === other.split('-')[0]?.toLowerCase();
}
