import type { FoundDocument } from './found.ts';
import type { PlannedTerm, Program, Slot } from './plan.ts';
import { decodePlaces, LAST_WORD, segmentOf, wordOf } from './postings.ts';

/** Segments of one document in ascending order, with what each is worth. */
export interface Matches {
  segments: Int32Array;
  scores: Float64Array;
  count: number;
}

/** How much a term is worth where it stands, before its repetitions: rare ones more. */
export type Weigh = (term: PlannedTerm) => number;

// BM25 without the lengths: segments are all about as long as a breath.
const SATURATION = 1.2;
/** A title says what all of it is about. */
const TITLE_FACTOR = 4;

/** The segments of a document that a program means: all groups, any term of each, no exclusion. */
export function matchDocument(document: FoundDocument, program: Program, weigh: Weigh): Matches {
  let matches: Matches | null = null;
  for (const terms of program.groups) {
    const group = matchGroup(document, terms, weigh);
    matches = matches === null ? group : both(matches, group);
    if (matches.count === 0) return matches;
  }
  const all = matches ?? { segments: new Int32Array(0), scores: new Float64Array(0), count: 0 };
  for (const term of program.exclusions) if (all.count > 0) removeFrom(all, startsOf(document, term));
  return document.isHeard ? all : titleOf(all);
}

/** The words of a segment that a program found, by their numbers in it. */
export function wordsMatched(document: FoundDocument, program: Program, segment: number): Set<number> {
  const words = new Set<number>();
  for (const { slots } of program.groups.flat()) {
    const [first] = slots;
    if (!first) continue;
    for (const start of startsOf(document, { slots })) {
      if (segmentOf(start) !== segment) continue;
      for (const { offset } of slots) words.add(wordOf(start) + offset - first.offset);
    }
  }
  return words;
}

function matchGroup(document: FoundDocument, terms: readonly PlannedTerm[], weigh: Weigh): Matches {
  let matches: Matches | null = null;
  for (const term of terms) {
    const one = scoreStarts(startsOf(document, term), weigh(term));
    matches = matches === null ? one : either(matches, one);
  }
  return matches ?? { segments: new Int32Array(0), scores: new Float64Array(0), count: 0 };
}

/** Where a term stands in a document: the places of its first slot that the others follow. */
function startsOf(document: FoundDocument, { slots }: PlannedTerm): Int32Array {
  const [first, ...others] = slots;
  if (!first) return new Int32Array(0);
  let starts = placesOf(document, first);
  for (const slot of others) {
    if (starts.length === 0) return starts;
    starts = followed(starts, placesOf(document, slot), slot.offset - first.offset);
  }
  return starts;
}

function placesOf(document: FoundDocument, { lexemes }: Slot): Int32Array {
  let bytes = 0;
  let sources = 0;
  for (const lexeme of lexemes) {
    for (const part of document.places[lexeme] ?? []) {
      bytes += part.length;
      sources++;
    }
  }
  const places = new Int32Array(bytes);
  let count = 0;
  for (const lexeme of lexemes) {
    for (const part of document.places[lexeme] ?? []) count = decodePlaces(part, places, count);
  }
  const all = places.subarray(0, count);
  // Parts come in any order, and words that stand for one slot mix.
  return sources > 1 ? all.sort() : all;
}

/** Those of `starts` that have one of `places` so many words later in the same segment. */
function followed(starts: Int32Array, places: Int32Array, later: number): Int32Array {
  const kept = new Int32Array(starts.length);
  let count = 0;
  let j = 0;
  for (const start of starts) {
    const wanted = start + later;
    if (wordOf(start) + later >= LAST_WORD) continue;
    while (j < places.length && (places[j] ?? 0) < wanted) j++;
    if (j === places.length) break;
    if (places[j] === wanted) kept[count++] = start;
  }
  return kept.subarray(0, count);
}

function scoreStarts(starts: Int32Array, weight: number): Matches {
  const segments = new Int32Array(starts.length);
  const scores = new Float64Array(starts.length);
  let count = 0;
  let i = 0;
  while (i < starts.length) {
    const segment = segmentOf(starts[i] ?? 0);
    let times = 1;
    while (++i < starts.length && segmentOf(starts[i] ?? 0) === segment) times++;
    const score = (weight * times * (1 + SATURATION)) / (times + SATURATION);
    segments[count] = segment;
    scores[count++] = segment === 0 ? score * TITLE_FACTOR : score;
  }
  return { segments, scores, count };
}

function both(a: Matches, b: Matches): Matches {
  let count = 0;
  let j = 0;
  for (let i = 0; i < a.count; i++) {
    const segment = a.segments[i] ?? 0;
    while (j < b.count && (b.segments[j] ?? 0) < segment) j++;
    if (j === b.count) break;
    if (b.segments[j] !== segment) continue;
    // Never ahead of what is read: the result goes where it came from.
    a.segments[count] = segment;
    a.scores[count++] = (a.scores[i] ?? 0) + (b.scores[j] ?? 0);
  }
  return { ...a, count };
}

function either(a: Matches, b: Matches): Matches {
  const segments = new Int32Array(a.count + b.count);
  const scores = new Float64Array(a.count + b.count);
  let count = 0;
  let i = 0;
  let j = 0;
  while (i < a.count || j < b.count) {
    const left = i < a.count ? (a.segments[i] ?? 0) : Number.POSITIVE_INFINITY;
    const right = j < b.count ? (b.segments[j] ?? 0) : Number.POSITIVE_INFINITY;
    segments[count] = Math.min(left, right);
    scores[count++] = (left <= right ? (a.scores[i++] ?? 0) : 0) + (right <= left ? (b.scores[j++] ?? 0) : 0);
  }
  return { segments, scores, count };
}

function removeFrom(matches: Matches, starts: Int32Array): void {
  const unwanted = new Set<number>();
  for (const start of starts) unwanted.add(segmentOf(start));
  let count = 0;
  for (let i = 0; i < matches.count; i++) {
    if (unwanted.has(matches.segments[i] ?? 0)) continue;
    matches.segments[count] = matches.segments[i] ?? 0;
    matches.scores[count++] = matches.scores[i] ?? 0;
  }
  matches.count = count;
}

function titleOf(matches: Matches): Matches {
  return { ...matches, count: matches.count > 0 && matches.segments[0] === 0 ? 1 : 0 };
}
