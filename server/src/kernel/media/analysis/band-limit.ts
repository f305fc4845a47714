/** How far below and above an edge the spectrum is compared, and what lies between is the slope itself. */
const besideHz = 800;
const slopeHz = 250;
/** What is above an edge is at least this much quieter than what is just below it. */
const edgeDb = 20;
/** No line and no codec cuts lower; below it voices themselves fall as steeply. */
const lowestHz = 2000;

/**
 * A guess of where the sound was cut off: the frequency of the steepest fall after which nothing comes any more. Null
 * when there is no such edge below half the sample rate. `powers` are those of the bins of a mean spectrum.
 */
export function guessBandLimit(powers: Float64Array, binHz: number): number | null {
  const levels = smoothed(powers);
  const slope = Math.max(1, Math.round(slopeHz / binHz));
  const beside = Math.max(2, Math.round(besideHz / binHz));
  const highestAbove = runningHighest(levels);
  let best: { bin: number; drop: number } | null = null;
  for (let bin = Math.ceil(lowestHz / binHz); bin + slope < levels.length; bin++) {
    const below = meanOf(levels, Math.max(1, bin - slope - beside), bin - slope);
    const drop = below - (highestAbove[bin + slope] ?? 0);
    if (drop >= edgeDb && drop > (best?.drop ?? 0)) best = { bin, drop };
  }
  return best === null ? null : Math.round((best.bin * binHz) / 50) * 50;
}

/** Decibels, each the mean power of its neighbourhood; nothing is quieter than what 24 bits can hold. */
function smoothed(powers: Float64Array): Float64Array {
  const reach = 2;
  const levels = new Float64Array(powers.length);
  for (let bin = 0; bin < powers.length; bin++) {
    let sum = 0;
    for (let near = bin - reach; near <= bin + reach; near++) sum += powers[near] ?? 0;
    levels[bin] = 10 * Math.log10(Math.max(sum / (2 * reach + 1), 1e-15));
  }
  return levels;
}

/** For each bin the highest level from there up. */
function runningHighest(levels: Float64Array): Float64Array {
  const highest = new Float64Array(levels.length);
  let so = Number.NEGATIVE_INFINITY;
  for (let bin = levels.length - 1; bin >= 0; bin--) {
    so = Math.max(so, levels[bin] ?? so);
    highest[bin] = so;
  }
  return highest;
}

function meanOf(levels: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let bin = from; bin < to; bin++) sum += levels[bin] ?? 0;
  return sum / Math.max(1, to - from);
}
