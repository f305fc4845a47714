// A place is one number: the segment (0 the title, then the transcript's own positions from 1) and the word in it.
const WORD_BITS = 10;
/** Words of a segment from this one on share a place: they are found, but stand beside nothing. */
export const LAST_WORD = (1 << WORD_BITS) - 1;
/** An index entry of PostgreSQL holds 2.7 kB; the word and its keys need some of it. */
const PART_BYTES = 1_800;
const MOST_BYTES_EACH = 5;

/** The place of a word. */
export function placeOf(segment: number, word: number): number {
  return (segment << WORD_BITS) | Math.min(word, LAST_WORD);
}

export const segmentOf = (place: number): number => place >>> WORD_BITS;
export const wordOf = (place: number): number => place & LAST_WORD;

/** Ascending places as differences of 7 bits a byte, in parts that each begin anew. */
export function encodePlaces(places: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  let bytes = Buffer.alloc(Math.min(PART_BYTES, places.length * MOST_BYTES_EACH));
  let length = 0;
  let before = 0;
  for (const place of places) {
    if (length + MOST_BYTES_EACH > PART_BYTES) {
      parts.push(bytes.subarray(0, length));
      bytes = Buffer.alloc(PART_BYTES);
      length = 0;
      before = 0;
    }
    let difference = place - before;
    before = place;
    while (difference > 127) {
      bytes[length++] = (difference & 127) | 128;
      difference >>>= 7;
    }
    bytes[length++] = difference;
  }
  if (length > 0) parts.push(bytes.subarray(0, length));
  return parts;
}

/** The places of one part, appended to `places` from index `count`; returns the new count. */
export function decodePlaces(bytes: Uint8Array, places: Int32Array, count: number): number {
  let at = count;
  let place = 0;
  let difference = 0;
  let shift = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    difference |= (byte & 127) << shift;
    if (byte > 127) {
      shift += 7;
      continue;
    }
    place += difference;
    places[at++] = place;
    difference = 0;
    shift = 0;
  }
  return at;
}
