/** What is known about the times of a segment. */
export interface Timed {
  text: string;
  startMs: number;
  endMs: number;
  /** [[startMs, endMs, "word", …], …] */
  words: readonly (readonly [number, number, string, ...unknown[]])[] | null;
}

/**
 * When the character at `index` of a segment is said, in milliseconds: as the engine timed its word, else as if the
 * segment were spoken evenly.
 */
export function momentOf(segment: Timed, index: number): number {
  const { text, startMs, endMs, words } = segment;
  let cursor = 0;
  for (const [wordStartMs, , word] of words ?? []) {
    const said = word.trim();
    const at = said === '' ? -1 : text.indexOf(said, cursor);
    if (at < 0) continue;
    cursor = at + said.length;
    if (cursor > index) return Math.min(Math.max(wordStartMs, startMs), Math.max(startMs, endMs));
  }
  const share = text.length === 0 ? 0 : Math.min(1, index / text.length);
  return Math.round(startMs + share * Math.max(0, endMs - startMs));
}
