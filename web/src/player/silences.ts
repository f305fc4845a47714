/** A stretch in which nothing sounds, in seconds. */
export interface Silence {
  start: number;
  end: number;
}

/** Breath stays: so much of a silence is heard before it is left, and again before the sound that follows. */
const keptBeforeSeconds = 0.25;
const keptAfterSeconds = 0.2;
/** A shorter jump saves nothing that one would notice. */
const worthSeconds = 0.4;

/** Where to go on when the sound is in a silence worth leaving; null elsewhere. Silences are sorted, apart. */
export function leapFrom(silences: readonly Silence[], seconds: number): number | null {
  let from = 0;
  let to = silences.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((silences[middle]?.start ?? 0) + keptBeforeSeconds <= seconds) from = middle + 1;
    else to = middle;
  }
  const silence = silences[from - 1];
  if (silence === undefined) return null;
  const landing = silence.end - keptAfterSeconds;
  return landing - seconds >= worthSeconds ? landing : null;
}
