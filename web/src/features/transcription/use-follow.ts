import { type RefObject, useEffect, useState } from 'react';
import { usePlayerState } from '../../app-services.ts';
import { type Track, trackKey } from '../../player/track.ts';
import { moveTo, standingOf } from './bring-into-view.ts';

const scrollKeys = new Set(['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown']);

/** The reader moves the page by hand: wheel, finger, keys, or the scroll bar. */
function useHandScroll(onScroll: () => void): void {
  useEffect(() => {
    const onTouch = ({ target }: Event) => {
      if (!(target instanceof HTMLCanvasElement)) onScroll();
    };
    const onKey = (event: KeyboardEvent) => {
      if (!event.defaultPrevented && scrollKeys.has(event.key)) onScroll();
    };
    const onPointer = ({ clientX }: PointerEvent) => {
      if (clientX >= document.documentElement.clientWidth) onScroll();
    };
    addEventListener('wheel', onScroll, { passive: true });
    addEventListener('touchmove', onTouch, { passive: true });
    addEventListener('keydown', onKey);
    addEventListener('pointerdown', onPointer);
    return () => {
      removeEventListener('wheel', onScroll);
      removeEventListener('touchmove', onTouch);
      removeEventListener('keydown', onKey);
      removeEventListener('pointerdown', onPointer);
    };
  }, [onScroll]);
}

interface Following {
  /** True when the sound is somewhere the page no longer goes by itself. */
  isLeft: boolean;
  follow(): void;
}

/**
 * Keeps the sentence being heard in sight, until the reader scrolls by hand. While one is still at the head of
 * the page, with the waveform under the hand, a leap of the sound does not pull the page away.
 */
export function useFollow(
  track: Track,
  active: number,
  elementOf: (segment: number) => HTMLElement | null,
  text: RefObject<HTMLElement | null>,
): Following {
  const key = trackKey(track);
  const isCurrent = usePlayerState((state) => state.track !== null && trackKey(state.track) === key);
  const isPlaying = usePlayerState((state) => state.phase === 'playing') && isCurrent;
  const [isFollowing, setFollowing] = useState(true);
  useHandScroll(
    // Before it plays there is nothing to follow: looking round then is no wish to be left alone.
    isPlaying ? leave : ignore,
  );
  function leave(): void {
    setFollowing(false);
  }
  useEffect(() => {
    if (isPlaying) setFollowing(true);
  }, [isPlaying]);
  useEffect(() => {
    if (!isPlaying || !isFollowing || active < 0) return;
    const element = elementOf(active);
    if (element === null) return;
    const standing = standingOf(element);
    if (standing === 'in sight') return;
    const isAtHead = (text.current?.getBoundingClientRect().top ?? 0) > innerHeight * 0.25;
    if (standing === 'far' && isAtHead) setFollowing(false);
    else moveTo(element);
  }, [isPlaying, isFollowing, active, elementOf, text]);
  return {
    isLeft: isCurrent && active >= 0 && !isFollowing,
    follow: () => {
      setFollowing(true);
      const element = elementOf(active);
      if (element !== null) moveTo(element);
    },
  };
}

function ignore(): void {}
