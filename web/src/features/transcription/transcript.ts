/** A word as it was heard, in seconds from the recording's beginning. */
export interface Word {
  start: number;
  end: number;
  text: string;
}

/** A stretch of speech: about a sentence. */
export interface Segment {
  start: number;
  end: number;
  text: string;
  speaker: string | null;
  words: Word[] | null;
}

/** A mark stays a little after its end, so that breath between two sentences does not make the page flicker. */
const lingerSeconds = 1.5;
/** Addresses count in tenths, and sound that is asked for a second may begin a few frames before it. */
const earlySeconds = 0.11;

/** The last of a sorted list that has begun at a second; −1 before the first. */
function lastBegun(list: readonly { start: number }[], seconds: number): number {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((list[middle]?.start ?? 0) <= seconds) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}

/** The segment that sounds at a second; −1 where nobody speaks. */
export function segmentAt(segments: readonly Segment[], seconds: number): number {
  const index = lastBegun(segments, seconds + earlySeconds);
  const segment = segments[index];
  return segment !== undefined && seconds < segment.end + lingerSeconds ? index : -1;
}

/** The segment nearest to a second, for a place between two of them; −1 when there is none at all. */
export function nearestSegment(segments: readonly Segment[], seconds: number): number {
  const index = lastBegun(segments, seconds + earlySeconds);
  const [before, after] = [segments[index], segments[index + 1]];
  if (before === undefined) return after === undefined ? -1 : index + 1;
  if (after === undefined) return index;
  return seconds - before.end > after.start - seconds ? index + 1 : index;
}

/** A word of a segment in its text: from and to count characters. */
export interface PlacedWord extends Word {
  from: number;
  to: number;
}

/** Finds each timed word in the text it belongs to; a word that is not there is left out. */
export function placeWords({ text, words }: Pick<Segment, 'text' | 'words'>): PlacedWord[] {
  const placed: PlacedWord[] = [];
  const lower = text.toLowerCase();
  let cursor = 0;
  for (const word of words ?? []) {
    const wanted = word.text.trim().toLowerCase();
    const from = wanted === '' ? -1 : lower.indexOf(wanted, cursor);
    if (from < 0) continue;
    cursor = from + wanted.length;
    placed.push({ ...word, from, to: cursor });
  }
  return placed;
}

/** The word that sounds at a second; −1 between words. */
export function wordAt(words: readonly PlacedWord[], seconds: number): number {
  const index = lastBegun(words, seconds + earlySeconds);
  const word = words[index];
  return word !== undefined && seconds < word.end + earlySeconds ? index : -1;
}

/** The second to play from for a character of a segment: of its word where words have times, else its start. */
export function secondOfCharacter(segment: Segment, character: number | null): number {
  if (character === null) return segment.start;
  const word = placeWords(segment).findLast(({ from }) => from <= character);
  return word?.start ?? segment.start;
}
