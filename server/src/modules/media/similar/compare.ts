import { countBits } from '../../../kernel/count-bits.ts';
import { FINGERPRINT_STEP_MS } from '../../../kernel/media/fingerprint.ts';

/** How two sounds lie to each other. */
export interface Likeness {
  /** 1: the same; 0: no more alike than any two sounds. */
  similarity: number;
  /** Where the beginning of the first lies in the second, in milliseconds; negative: before it. */
  offsetMs: number;
  /** How long both go on together. */
  commonMs: number;
}

const UNSTEADY_BITS = 12;
/** Ways of laying one over the other that are looked at. */
const MOST_OFFSETS = 5;
/** Shorter stretches in common are a jingle, not a sound. */
const LEAST_COMMON = 40;
/** Of 32 bits, in sounds that have nothing in common. */
const DIFFERENT_BY_CHANCE = 16;

/**
 * Lays one fingerprint over the other where most of their values meet, and counts the bits that differ there. Null
 * when they meet nowhere for five seconds.
 */
export function compareFingerprints(first: Int32Array, second: Int32Array): Likeness | null {
  let best: Likeness | null = null;
  for (const offset of likelyOffsets(first, second)) {
    const likeness = likenessAt(first, second, offset);
    if (likeness && likeness.similarity > (best?.similarity ?? 0)) best = likeness;
  }
  return best;
}

/** Steps by which the first may be moved, those at which most values meet first; neighbours stand for one another. */
function likelyOffsets(first: Int32Array, second: Int32Array): number[] {
  const places = new Map<number, number>();
  // A value that comes again and again (silence) says nothing of the place: the last one stands for all.
  for (const [at, value] of second.entries()) places.set(value >>> UNSTEADY_BITS, at);
  const votes = new Map<number, number>();
  for (const [at, value] of first.entries()) {
    const place = places.get(value >>> UNSTEADY_BITS);
    if (place !== undefined) votes.set(place - at, (votes.get(place - at) ?? 0) + 1);
  }
  return [...votes]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_OFFSETS)
    .map(([offset]) => offset);
}

function likenessAt(first: Int32Array, second: Int32Array, offset: number): Likeness | null {
  const from = Math.max(0, -offset);
  const until = Math.min(first.length, second.length - offset);
  if (until - from < LEAST_COMMON) return null;
  let different = 0;
  for (let at = from; at < until; at++) different += countBits((first[at] ?? 0) ^ (second[at + offset] ?? 0));
  const similarity = 1 - different / (until - from) / DIFFERENT_BY_CHANCE;
  return {
    similarity: Math.max(0, Math.round(similarity * 1_000) / 1_000),
    offsetMs: Math.round(offset * FINGERPRINT_STEP_MS),
    commonMs: Math.round((until - from) * FINGERPRINT_STEP_MS),
  };
}
