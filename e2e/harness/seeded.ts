import { randomInt } from 'node:crypto';

/** Moments that look random and can be had again: CRASH_SEED repeats a run. Prints its seed. */
export function seededRandom(): () => number {
  const seed = Number(process.env.CRASH_SEED ?? randomInt(2 ** 31));
  console.log(`crash seed ${seed}: CRASH_SEED=${seed} repeats it`);
  return randomFrom(seed);
}

/** mulberry32: numbers from 0 to 1, the same ones for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
