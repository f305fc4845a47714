import type { Actor } from '../../../kernel/auth/actor.ts';
import { isId } from '../../../kernel/id.ts';
import { recordingNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import { mayRead, maySeeAll } from '../policy.ts';
import { findRecording } from '../recording-repo.ts';
import { compareFingerprints, type Likeness } from './compare.ts';
import { type Candidate, findFingerprint, listCandidates } from './fingerprint-repo.ts';

/** Numbers of 256 that two sketches have to share: unrelated speech shares one or two. */
const LEAST_SHARED = 4;
const MOST_CANDIDATES = 20;
/** Re-encodings and cuts of one sound are above 0.5, unrelated sounds below 0.2. */
const LEAST_SIMILARITY = 0.35;

/** A recording that sounds like another. */
export interface SimilarRecording extends Likeness, Omit<Candidate, 'values'> {}

/**
 * Recordings that sound like this one, the most alike first; null while its fingerprint has not been taken. Throws
 * `recordingNotFound` for whoever may not read it.
 */
export async function listSimilar(
  { kernel }: MediaContext,
  actor: Actor,
  recordingId: string,
): Promise<SimilarRecording[] | null> {
  const q = kernel.db.kysely;
  const recording = isId(recordingId) ? await findRecording(q, actor.organisationId, recordingId) : null;
  if (!recording || !mayRead(actor, recording)) throw recordingNotFound();
  const own = await findFingerprint(q, recording.organisationId, recordingId);
  if (!own) return null;
  if (own.sketch.length === 0) return [];
  const candidates = await listCandidates(q, recording.organisationId, recordingId, own.sketch, {
    leastShared: LEAST_SHARED,
    atMost: MOST_CANDIDATES,
    publicOnly: !maySeeAll(actor),
  });
  return candidates
    .flatMap(({ values, ...candidate }) => {
      const likeness = compareFingerprints(own.values, values);
      return likeness && likeness.similarity >= LEAST_SIMILARITY ? [{ ...candidate, ...likeness }] : [];
    })
    .sort((a, b) => b.similarity - a.similarity);
}
