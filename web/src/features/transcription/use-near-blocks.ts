import { useCallback, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';

/** How far outside the window a stretch of text is drawn ahead of the reader. */
const ahead = '1500px 0px';

interface NearBlocks {
  isNear(block: number): boolean;
  /** Draws a block now, wherever it is; for events, not for effects. */
  draw(block: number): void;
  /** Looks after the element of a block until the returned function is called. */
  watch(element: HTMLElement): () => void;
}

/** Which blocks are near enough to the window to be drawn in full. What was drawn stays. */
export function useNearBlocks(): NearBlocks {
  const [near, setNear] = useState<ReadonlySet<number>>(new Set());
  const add = useCallback(
    (blocks: number[]) =>
      setNear((known) =>
        blocks.every((block) => known.has(block)) ? known : new Set([...known, ...blocks]),
      ),
    [],
  );
  const [observer] = useState(
    () =>
      new IntersectionObserver(
        (entries) => {
          const arrived = entries.filter(({ isIntersecting }) => isIntersecting);
          if (arrived.length > 0)
            add(arrived.map(({ target }) => Number((target as HTMLElement).dataset.block)));
        },
        { rootMargin: ahead },
      ),
  );
  useEffect(() => () => observer.disconnect(), [observer]);
  const watch = useCallback(
    (element: HTMLElement) => {
      observer.observe(element);
      return () => observer.unobserve(element);
    },
    [observer],
  );
  const draw = useCallback(
    (block: number) => {
      if (block >= 0) flushSync(() => add([block]));
    },
    [add],
  );
  return { isNear: (block) => near.has(block), draw, watch };
}
