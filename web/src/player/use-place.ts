import { useCallback, useSyncExternalStore } from 'react';
import { useServices } from '../app-services.ts';
import { type Track, trackKey } from './track.ts';

/**
 * Follows where a track is, on every frame while it plays, as a number that seldom changes (which sentence,
 * which word): the component is drawn again only when that number does.
 */
export function usePlace(
  track: Track,
  elsewhereSeconds: number | null,
  select: (seconds: number | null) => number,
): number {
  const { player } = useServices();
  const key = trackKey(track);
  const subscribe = useCallback(
    (changed: () => void) => {
      let frame = 0;
      const tick = () => {
        changed();
        frame = requestAnimationFrame(tick);
      };
      const follow = () => {
        const { phase, track: current } = player.getState();
        const isMoving = phase === 'playing' && current !== null && trackKey(current) === key;
        if (isMoving && frame === 0) frame = requestAnimationFrame(tick);
        if (!isMoving && frame !== 0) {
          cancelAnimationFrame(frame);
          frame = 0;
        }
        changed();
      };
      const leave = player.subscribe(follow);
      follow();
      return () => {
        leave();
        cancelAnimationFrame(frame);
      };
    },
    [player, key],
  );
  return useSyncExternalStore(subscribe, () =>
    select(player.isCurrent(track) ? player.now() : elsewhereSeconds),
  );
}
