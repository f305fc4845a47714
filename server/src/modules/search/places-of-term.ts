import type { FoundDocument } from './found.ts';
import { writeRuns } from './occurrences.ts';
import type { PlannedTerm, Program, Slot } from './plan.ts';
import { LAST_WORD, segmentOf, wordOf } from './postings.ts';

const NOTHING = new Int32Array(0);

/** The number of a term's only word; undefined for phrases and beginnings. */
export function wordOfTerm(term: PlannedTerm | undefined): number | undefined {
  const [slot, ...others] = term?.slots ?? [];
  return others.length === 0 && slot?.lexemes.length === 1 ? slot.lexemes[0] : undefined;
}

/** The runs of a term; what lies behind `count` means nothing. Not to be written to: they may be kept ones. */
export interface Runs {
  runs: Int32Array;
  count: number;
}

/** Valid until the next call. */
export function runsOf(document: FoundDocument, term: PlannedTerm): Runs {
  const word = wordOfTerm(term);
  if (word !== undefined) {
    const runs = document.words[word]?.derived.runs ?? NOTHING;
    return { runs, count: runs.length };
  }
  const { places, count } = startsOf(document, term);
  const runs = roomFor('runs', count);
  return { runs, count: writeRuns(places, count, runs) };
}

/** The words of a segment that a program found, by their numbers in it. */
export function wordsMatched(document: FoundDocument, program: Program, segment: number): Set<number> {
  const words = new Set<number>();
  for (const { slots } of program.groups.flat()) {
    const [first] = slots;
    if (!first) continue;
    const { places, count } = startsOf(document, { slots });
    for (const start of places.subarray(0, count)) {
      if (segmentOf(start) !== segment) continue;
      for (const { offset } of slots) words.add(wordOf(start) + offset - first.offset);
    }
  }
  return words;
}

/** Places in ascending order; what lies behind `count` means nothing. Not to be written to: they may be kept ones. */
interface Places {
  places: Int32Array;
  count: number;
}

// What has been found of a phrase, the word that has to follow, and a phrase's runs. Nothing here waits, so that one
// set of rooms serves all searches of the process.
const rooms = {
  starts: new Int32Array(16_384),
  next: new Int32Array(16_384),
  runs: new Int32Array(16_384),
};
type Room = keyof typeof rooms;

function roomFor(which: Room, size: number): Int32Array {
  if (size > rooms[which].length) rooms[which] = new Int32Array(size * 2);
  return rooms[which];
}

const NOWHERE: Places = { places: NOTHING, count: 0 };

/** Where a term stands in a document: the places of its first slot that the others follow. Valid until the next call. */
function startsOf(document: FoundDocument, { slots }: PlannedTerm): Places {
  const [first, ...others] = slots;
  if (!first) return NOWHERE;
  let starts = placesOf(document, first, 'starts');
  for (const slot of others) {
    if (starts.count === 0) return starts;
    starts = followed(starts, placesOf(document, slot, 'next'), slot.offset - first.offset);
  }
  return starts;
}

/** The places of a word as they are kept; those of words that stand for one slot mixed in the room. */
function placesOf(document: FoundDocument, { lexemes }: Slot, room: Room): Places {
  let count = 0;
  let sources = 0;
  let only = NOWHERE.places;
  for (const lexeme of lexemes) {
    const known = document.words[lexeme]?.places;
    if (!known) continue;
    only = known;
    count += known.length;
    sources++;
  }
  if (sources <= 1) return { places: only, count };
  const places = roomFor(room, count);
  let at = 0;
  for (const lexeme of lexemes) {
    const known = document.words[lexeme]?.places;
    if (!known) continue;
    places.set(known, at);
    at += known.length;
  }
  places.subarray(0, count).sort();
  return { places, count };
}

/** Those starts that have one of `next` so many words later in the same segment. */
function followed({ places: starts, count }: Places, next: Places, later: number): Places {
  // May be where the starts lie already: what is kept is never ahead of what is read.
  const places = roomFor('starts', count);
  let kept = 0;
  let j = 0;
  for (let i = 0; i < count; i++) {
    const start = starts[i] ?? 0;
    if (wordOf(start) + later >= LAST_WORD) continue;
    const wanted = start + later;
    while (j < next.count && (next.places[j] ?? 0) < wanted) j++;
    if (j === next.count) break;
    if (next.places[j] === wanted) places[kept++] = start;
  }
  return { places, count: kept };
}
