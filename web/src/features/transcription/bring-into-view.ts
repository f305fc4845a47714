/** Where in the window a sentence is brought to: a third from its top, with what follows below. */
const restingShare = 0.32;
const settlingFrames = 40;
/** The router, too, sets the scroll of a page that it has just opened. */
const firstFrames = 4;
const handEvents = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;
const toleratedPixels = 6;

const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

const distanceOf = (element: Element): number =>
  element.getBoundingClientRect().top - innerHeight * restingShare;

/**
 * Scrolls a sentence to its resting place at once. What lies above was measured by guess until it is drawn,
 * so the place is looked at again whenever the page has grown or shrunk, until the reader takes over.
 */
export function jumpTo(element: HTMLElement): () => void {
  let frames = 0;
  let isOver = false;
  let height = 0;
  const stop = () => {
    isOver = true;
    for (const event of handEvents) removeEventListener(event, stop);
  };
  const settle = () => {
    if (isOver) return;
    const { scrollHeight } = document.documentElement;
    const distance = distanceOf(element);
    const isMoved = scrollHeight !== height || frames < firstFrames;
    if (isMoved && Math.abs(distance) > toleratedPixels) scrollBy({ top: distance, behavior: 'instant' });
    height = scrollHeight;
    frames += 1;
    if (frames < settlingFrames) requestAnimationFrame(settle);
    else stop();
  };
  for (const event of handEvents) addEventListener(event, stop, { passive: true });
  settle();
  return stop;
}

/** How a sentence stands in the window. */
export function standingOf(element: Element): 'in sight' | 'near' | 'far' {
  const { top, bottom } = element.getBoundingClientRect();
  if (top > innerHeight * 0.12 && bottom < innerHeight * 0.72) return 'in sight';
  return top > -innerHeight && top < innerHeight * 2 ? 'near' : 'far';
}

/** Moves on with the sound: smoothly where the reader likes it, at once over a long way. */
export function moveTo(element: HTMLElement): void {
  const distance = distanceOf(element);
  const isFar = Math.abs(distance) > innerHeight * 2;
  if (isFar) jumpTo(element);
  else scrollBy({ top: distance, behavior: calm() ? 'instant' : 'smooth' });
}
