/** A sound as players speak of it. */
export interface PlayerTrack {
  track_id: string;
  title: string;
  duration_seconds: number;
}

/** What one player does, as far as it told us; pure, so that it can be kept and taken up again. */
export interface PlayerState {
  doing: 'stopped' | 'playing' | 'paused';
  track: PlayerTrack | null;
  /** Where it was at `sinceMs`. */
  positionSeconds: number;
  sinceMs: number;
  playlist: readonly PlayerTrack[];
}

export const MOST_IN_PLAYLIST = 100;

/** A player that has done nothing yet. */
export const NEW_PLAYER: PlayerState = {
  doing: 'stopped',
  track: null,
  positionSeconds: 0,
  sinceMs: 0,
  playlist: [],
};

/** Where it is now: while it plays, time goes on, and never beyond the end. */
export function positionAt({ doing, track, positionSeconds, sinceMs }: PlayerState, nowMs: number): number {
  const elapsed = doing === 'playing' ? Math.max(0, nowMs - sinceMs) / 1000 : 0;
  return Math.min(positionSeconds + elapsed, track?.duration_seconds ?? 0);
}

/** True once everything has been heard. */
export function hasEnded(state: PlayerState, nowMs: number): boolean {
  return state.doing === 'playing' && positionAt(state, nowMs) >= (state.track?.duration_seconds ?? 0);
}

/** The same player doing something else from here on. */
export function doingFrom(
  state: PlayerState,
  doing: PlayerState['doing'],
  nowMs: number,
  change: { track?: PlayerTrack | null; positionSeconds?: number } = {},
): PlayerState {
  const track = change.track === undefined ? state.track : change.track;
  const position = change.positionSeconds ?? positionAt(state, nowMs);
  return {
    ...state,
    doing,
    track,
    positionSeconds: Math.min(position, track?.duration_seconds ?? 0),
    sinceMs: nowMs,
  };
}

/** With a track at a place of the list, at its end when none is said; null when the list is full. */
export function added(state: PlayerState, track: PlayerTrack, index?: number): PlayerState | null {
  if (state.playlist.length >= MOST_IN_PLAYLIST) return null;
  return { ...state, playlist: state.playlist.toSpliced(index ?? state.playlist.length, 0, track) };
}

/** Without the track at a place, or the first of an id; null when there is none. */
export function removed(
  state: PlayerState,
  { index, track_id: id }: { index?: number | undefined; track_id?: string | undefined },
): PlayerState | null {
  const at = index ?? state.playlist.findIndex((track) => track.track_id === id);
  const track = state.playlist[at];
  if (!track || (id !== undefined && track.track_id !== id)) return null;
  return { ...state, playlist: state.playlist.toSpliced(at, 1) };
}
