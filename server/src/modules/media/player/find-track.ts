import type { Actor } from '../../../kernel/auth/actor.ts';
import type { MediaContext } from '../media-context.ts';
import { assertReady } from '../streaming/open-audio.ts';
import { admitTrack, type TrackResolver } from '../streaming/open-track.ts';
import type { PlayerTrack } from './player-state.ts';

/** A sound that the actor may hear, under the id that they know it by. Throws media's problems. */
export async function findPlayerTrack(
  context: MediaContext,
  resolvers: readonly TrackResolver[],
  actor: Actor,
  id: string,
): Promise<PlayerTrack> {
  const { source } = await admitTrack(context, resolvers, actor, id, {});
  assertReady(source);
  return {
    track_id: id.toLowerCase(),
    title: source.title,
    duration_seconds: (source.durationMs ?? 0) / 1000,
  };
}
