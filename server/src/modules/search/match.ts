import type { FoundDocument } from './found.ts';
import type { PlannedTerm, Program, Slot } from './plan.ts';
import { LAST_WORD, segmentOf, wordOf } from './postings.ts';

/** How much a term is worth where it stands, before its repetitions: rare ones more. */
export type Weigh = (term: PlannedTerm) => number;
/** Is told each segment that was found, in ascending order, and what it is worth. One function for all documents. */
export type Visit = (document: FoundDocument, segment: number, score: number) => void;

/** Finds the segments of one document after the other that a program means; answers how many. */
export type Matcher = (document: FoundDocument, program: Program, weigh: Weigh, visit: Visit) => number;

// BM25 without the lengths: segments are all about as long as a breath.
const SATURATION = 1.2;
/** A title says what all of it is about. */
const TITLE_FACTOR = 4;
const NOT_FOUND = -1;
const EXCLUDED = -2;

const repeated = (times: number): number => (times * (1 + SATURATION)) / (times + SATURATION);
const ONCE = repeated(1);
/** Looking at each number costs so much less than putting some of them in order. */
const DENSE = 16;

/**
 * A matcher with rooms of its own, used again for each document: most of the time would otherwise go into making
 * and clearing away small arrays.
 */
export function createMatcher(): Matcher {
  /** By segment: the last group of the query that it has, and what it is worth so far. */
  let reached = new Int32Array(4_096).fill(NOT_FOUND);
  let worth = new Float64Array(4_096);
  /** The segments that have the first group. */
  let begun = new Int32Array(4_096);
  let begunCount = 0;

  function makeRoom(segment: number, more: number): void {
    if (segment >= reached.length) {
      const size = 2 ** Math.ceil(Math.log2(segment + 1));
      reached = grown(reached, new Int32Array(size).fill(NOT_FOUND));
      worth = grown(worth, new Float64Array(size));
    }
    if (begunCount + more > begun.length) begun = grown(begun, new Int32Array(2 * (begunCount + more)));
  }

  function addFirst(document: FoundDocument, term: PlannedTerm, weight: number): void {
    const { runs, times, count } = runsOf(document, term);
    makeRoom(runs[count - 1] ?? 0, count);
    const [has, is, list] = [reached, worth, begun];
    for (let i = 0; i < count; i++) {
      const segment = runs[i] ?? 0;
      const said = times[i] ?? 1;
      const score = weight * (said === 1 ? ONCE : repeated(said));
      if (has[segment] === 0) {
        is[segment] = (is[segment] ?? 0) + score;
        continue;
      }
      list[begunCount++] = segment;
      has[segment] = 0;
      is[segment] = score;
    }
  }

  /** A segment goes on when it has had every group before. */
  function addFurther(document: FoundDocument, term: PlannedTerm, group: number, weight: number): void {
    const { runs, times, count } = runsOf(document, term);
    const [has, is] = [reached, worth];
    for (let i = 0; i < count; i++) {
      const segment = runs[i] ?? 0;
      if (segment >= has.length || (has[segment] ?? NOT_FOUND) < group - 1) continue;
      const said = times[i] ?? 1;
      has[segment] = group;
      is[segment] = (is[segment] ?? 0) + weight * (said === 1 ? ONCE : repeated(said));
    }
  }

  /** Several terms of the first group come one after the other: their segments are put in order. */
  function putInOrder(): void {
    let last = 0;
    for (let i = 0; i < begunCount; i++) last = Math.max(last, begun[i] ?? 0);
    if (last > DENSE * begunCount) {
      begun.subarray(0, begunCount).sort();
      return;
    }
    let at = 0;
    for (let segment = 0; segment <= last; segment++) if (reached[segment] === 0) begun[at++] = segment;
  }

  function exclude(document: FoundDocument, term: PlannedTerm): void {
    const { runs, count } = runsOf(document, term);
    for (let i = 0; i < count; i++) {
      const segment = runs[i] ?? 0;
      if (segment < reached.length && reached[segment] !== NOT_FOUND) reached[segment] = EXCLUDED;
    }
  }

  /** Tells the segments that have every group, and leaves the rooms as they were. */
  function tellReached(document: FoundDocument, last: number, visit: Visit): number {
    const [has, is, list, all] = [reached, worth, begun, begunCount];
    const { isHeard } = document;
    let count = 0;
    for (let i = 0; i < all; i++) {
      const segment = list[i] ?? 0;
      const isReached = has[segment] === last;
      has[segment] = NOT_FOUND;
      if (!isReached || (segment > 0 && !isHeard)) continue;
      const score = is[segment] ?? 0;
      visit(document, segment, segment === 0 ? score * TITLE_FACTOR : score);
      count++;
    }
    return count;
  }

  return (document, program, weigh, visit) => {
    const [first, ...others] = program.groups;
    const [only] = first ?? [];
    if (!first || !only) return 0;
    if (others.length === 0 && first.length === 1 && program.exclusions.length === 0) {
      return visitOne(document, only, weigh(only), visit);
    }
    begunCount = 0;
    for (const term of first) addFirst(document, term, weigh(term));
    if (first.length > 1) putInOrder();
    for (const [index, terms] of others.entries()) {
      for (const term of terms) addFurther(document, term, index + 1, weigh(term));
    }
    for (const term of program.exclusions) exclude(document, term);
    return tellReached(document, others.length, visit);
  };
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** A word or phrase alone needs no rooms. */
function visitOne(document: FoundDocument, term: PlannedTerm, weight: number, visit: Visit): number {
  const { runs, times, count } = runsOf(document, term);
  const once = weight * repeated(1);
  const heard = document.isHeard ? count : Math.min(count, runs[0] === 0 ? 1 : 0);
  for (let i = 0; i < heard; i++) {
    const segment = runs[i] ?? 0;
    const said = times[i] ?? 1;
    const score = said === 1 ? once : weight * repeated(said);
    visit(document, segment, segment === 0 ? score * TITLE_FACTOR : score);
  }
  return heard;
}

/** The segments in which a term stands, and how often in each; what lies behind `count` means nothing. */
interface Runs {
  runs: Int32Array;
  times: Int32Array;
  count: number;
}

/** Valid until the next call. */
function runsOf(document: FoundDocument, term: PlannedTerm): Runs {
  const { places, count } = startsOf(document, term);
  const runs = roomFor('runs', count);
  const times = roomFor('times', count);
  let found = 0;
  let i = 0;
  while (i < count) {
    const segment = segmentOf(places[i] ?? 0);
    const from = i;
    while (++i < count && segmentOf(places[i] ?? 0) === segment);
    runs[found] = segment;
    times[found++] = i - from;
  }
  return { runs, times, count: found };
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

// What has been found of a phrase, the word that has to follow, and a term's runs. Nothing here waits, so that one
// set of rooms serves all searches of the process.
const rooms = {
  starts: new Int32Array(16_384),
  next: new Int32Array(16_384),
  runs: new Int32Array(16_384),
  times: new Int32Array(16_384),
};
type Room = keyof typeof rooms;

function roomFor(which: Room, size: number): Int32Array {
  if (size > rooms[which].length) rooms[which] = new Int32Array(size * 2);
  return rooms[which];
}

const NOWHERE: Places = { places: new Int32Array(0), count: 0 };

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
    const known = document.places[lexeme];
    if (!known) continue;
    only = known;
    count += known.length;
    sources++;
  }
  if (sources <= 1) return { places: only, count };
  const places = roomFor(room, count);
  let at = 0;
  for (const lexeme of lexemes) {
    const known = document.places[lexeme];
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
