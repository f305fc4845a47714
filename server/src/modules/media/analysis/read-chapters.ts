import type { Actor } from '../../../kernel/auth/actor.ts';
import { listChapters } from '../extraction/source-repo.ts';
import type { MediaContext } from '../media-context.ts';
import { findRecording } from '../recording-repo.ts';
import { openForReader, type Signed } from '../streaming/open-for-reader.ts';
import { settleChapters } from './chapters.ts';

/** A recording's chapters as the contract shows them, for whoever may hear it. */
export async function readChapters(context: MediaContext, actor: Actor, recordingId: string, signed: Signed) {
  const { id, organisationId, visibility } = await openForReader(context, actor, recordingId, signed);
  const q = context.kernel.db.kysely;
  const [known, recording] = await Promise.all([
    listChapters(q, organisationId, id),
    findRecording(q, organisationId, id),
  ]);
  // The last of a source's chapters ends with the sound, whose length was not known when they came.
  const marks = known.map((one) => ({ ...one, endMs: one.endMs > one.startMs ? one.endMs : null }));
  const settled = settleChapters(marks, recording?.durationMs ?? null);
  const chapters = {
    recording_id: id,
    source: known[0]?.source ?? null,
    chapters: settled.map(({ startMs, endMs, title }) => ({
      start: startMs / 1000,
      end: endMs / 1000,
      title,
    })),
  };
  return { chapters, isPublic: visibility === 'public' };
}
