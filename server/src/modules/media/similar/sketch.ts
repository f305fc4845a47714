/** Numbers kept of a fingerprint, by which sounds that may be alike are found. */
const SKETCH_SIZE = 256;
/** With fewer different values (some seconds, a tone, silence) everything would be like everything. */
const LEAST_VALUES = 40;
/** The lowest bits of a value are the first to change from one encoding to the next. */
const UNSTEADY_BITS = 8;

/**
 * The smallest so many of the fingerprint's values, each spread by a hash (a "bottom-k" sketch): two sketches share
 * about as many numbers as the sounds share values. Empty for sounds that say too little.
 */
export function sketchOf(values: Int32Array): number[] {
  const distinct = new Set<number>();
  for (const value of values) distinct.add(value >>> UNSTEADY_BITS);
  if (distinct.size < LEAST_VALUES) return [];
  return Array.from(Int32Array.from(distinct, spread).sort().slice(0, SKETCH_SIZE));
}

/** The end of MurmurHash3: a number of 32 bits to another, each bit depending on all. */
function spread(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) | 0;
}
