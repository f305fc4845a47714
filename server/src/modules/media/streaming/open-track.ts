import type { Actor } from '../../../kernel/auth/actor.ts';
import { Problem } from '../../../kernel/http/problem.ts';
import { recordingNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import type { Visibility } from '../recording.ts';
import { type AudioSource, findAudio } from './audio-repo.ts';
import { admitReader, judgeSignature, type Signed } from './open-for-reader.ts';

/** A recording under the id of something that a later module keeps. */
export interface ResolvedTrack {
  organisationId: string;
  recordingId: string;
  /** Of that thing, which decides instead of the recording's own. */
  visibility: Visibility;
  /** Whether the actor may hear it without a signature. */
  mayHear: boolean;
}

/** How a later module gives its own ids to HLS; null for an id that is not its own. */
export type TrackResolver = (actor: Actor, track: string) => Promise<ResolvedTrack | null>;

/** Sound that a reader may hear, and what opened it. */
export interface Admitted {
  source: AudioSource;
  isPublic: boolean;
  /** True when the address's signature is right, so that it may be handed on. */
  isSigned: boolean;
}

/** A recording by its id, or by one of a later module; the signature is always over the recording's. */
export async function admitTrack(
  context: MediaContext,
  resolvers: readonly TrackResolver[],
  actor: Actor,
  track: string,
  signed: Signed,
): Promise<Admitted> {
  try {
    const admitted = await admitReader(context, actor, track, signed);
    return { ...admitted, isPublic: admitted.source.visibility === 'public' };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const resolved = await resolve(resolvers, actor, track);
    if (resolved === null) throw error;
    return admitResolved(context, resolved, signed);
  }
}

async function resolve(resolvers: readonly TrackResolver[], actor: Actor, track: string) {
  for (const resolver of resolvers) {
    const resolved = await resolver(actor, track);
    if (resolved) return resolved;
  }
  return null;
}

async function admitResolved(
  context: MediaContext,
  { organisationId, recordingId, visibility, mayHear }: ResolvedTrack,
  signed: Signed,
): Promise<Admitted> {
  const { answer, refusal } = await judgeSignature(context, organisationId, recordingId, signed);
  const isSigned = answer === 'valid';
  if (!isSigned && !mayHear) throw refusal ?? recordingNotFound();
  const source = await findAudio(context.kernel.db, organisationId, recordingId);
  if (!source) throw recordingNotFound();
  return { source: { ...source, visibility }, isPublic: visibility === 'public', isSigned };
}
