import type { Player } from './player.ts';

/** Shows the sound on lock screens and headsets, and obeys their buttons. */
export function connectMediaSession(player: Player, organisationName: () => string): void {
  if (!('mediaSession' in navigator)) return;
  const session = navigator.mediaSession;
  const actions: [MediaSessionAction, MediaSessionActionHandler][] = [
    ['play', () => player.resume()],
    ['pause', () => player.pause()],
    ['seekbackward', (details) => player.skip(-(details.seekOffset ?? 10))],
    ['seekforward', (details) => player.skip(details.seekOffset ?? 10)],
    ['seekto', (details) => player.seek(details.seekTime ?? player.now())],
    ['stop', () => player.close()],
  ];
  const obey = (action: MediaSessionAction, handler: MediaSessionActionHandler | null) => {
    try {
      session.setActionHandler(action, handler);
    } catch {
      // A browser that does not know this one yet.
    }
  };
  for (const [action, handler] of actions) obey(action, handler);
  let shown: unknown = null;
  let hadNext = false;
  player.subscribe(() => {
    const { track, phase, positionSeconds, durationSeconds, rate, next } = player.getState();
    if (next.length > 0 !== hadNext) {
      hadNext = !hadNext;
      obey('nexttrack', hadNext ? () => playFirst(player) : null);
    }
    if (track !== shown) {
      shown = track;
      session.metadata =
        track === null
          ? null
          : new MediaMetadata({ title: track.title, artist: track.note, album: organisationName() });
    }
    session.playbackState = phase === 'empty' ? 'none' : phase === 'playing' ? 'playing' : 'paused';
    if (track === null) session.setPositionState();
    else if (durationSeconds > 0 && positionSeconds <= durationSeconds) {
      session.setPositionState({ duration: durationSeconds, position: positionSeconds, playbackRate: rate });
    }
  });
}

function playFirst(player: Player): void {
  const next = player.upNext.first();
  if (next !== undefined) player.play(next);
}
