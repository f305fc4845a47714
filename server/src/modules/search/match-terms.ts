import type { FoundDocument } from './found.ts';
import { type Matcher, scoreAt, type Top, type Weigh, worthOfRun } from './matcher.ts';
import { segmentOfRun } from './occurrences.ts';
import { runsOf } from './places-of-term.ts';
import type { PlannedTerm, Program } from './plan.ts';

const NOT_FOUND = -1;
const EXCLUDED = -2;
/** Looking at each number costs so much less than putting some of them in order. */
const DENSE = 16;

/**
 * A matcher for any query. It has rooms of its own, used again for each document: most of the time would otherwise go
 * into making and clearing away small arrays.
 */
export function matchTerms(program: Program, weigh: Weigh, top: Top): Matcher {
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
    const { runs, count } = runsOf(document, term);
    makeRoom(segmentOfRun(runs[count - 1] ?? 0), count);
    const [has, is, list] = [reached, worth, begun];
    for (let i = 0; i < count; i++) {
      const run = runs[i] ?? 0;
      const segment = segmentOfRun(run);
      const score = weight * worthOfRun(run);
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
    const { runs, count } = runsOf(document, term);
    const [has, is] = [reached, worth];
    for (let i = 0; i < count; i++) {
      const run = runs[i] ?? 0;
      const segment = segmentOfRun(run);
      if (segment >= has.length || (has[segment] ?? NOT_FOUND) < group - 1) continue;
      has[segment] = group;
      is[segment] = (is[segment] ?? 0) + weight * worthOfRun(run);
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
      const segment = segmentOfRun(runs[i] ?? 0);
      if (segment < reached.length && reached[segment] !== NOT_FOUND) reached[segment] = EXCLUDED;
    }
  }

  /** Tells the segments that have every group, and leaves the rooms as they were. */
  function tellReached(document: FoundDocument, last: number, top: Top): number {
    const [has, is, list, all] = [reached, worth, begun, begunCount];
    const { isHeard } = document;
    let count = 0;
    for (let i = 0; i < all; i++) {
      const segment = list[i] ?? 0;
      const isReached = has[segment] === last;
      has[segment] = NOT_FOUND;
      if (!isReached || (segment > 0 && !isHeard)) continue;
      const score = is[segment] ?? 0;
      top.take(document, segment, scoreAt(segment, score));
      count++;
    }
    return count;
  }

  const [first = [], ...others] = program.groups;
  const [only] = first;
  const isOne = others.length === 0 && first.length === 1 && program.exclusions.length === 0;
  return (document) => {
    if (isOne && only) return tellOne(document, only, weigh(only), top);
    begunCount = 0;
    for (const term of first) addFirst(document, term, weigh(term));
    if (first.length > 1) putInOrder();
    for (const [index, terms] of others.entries()) {
      for (const term of terms) addFurther(document, term, index + 1, weigh(term));
    }
    for (const term of program.exclusions) exclude(document, term);
    return tellReached(document, others.length, top);
  };
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** A phrase or beginning alone needs no rooms. */
function tellOne(document: FoundDocument, term: PlannedTerm, weight: number, top: Top): number {
  const { runs, count } = runsOf(document, term);
  const heard = document.isHeard ? count : Math.min(count, segmentOfRun(runs[0] ?? 1) === 0 ? 1 : 0);
  for (let i = 0; i < heard; i++) {
    const run = runs[i] ?? 0;
    const segment = segmentOfRun(run);
    const score = weight * worthOfRun(run);
    top.take(document, segment, scoreAt(segment, score));
  }
  return heard;
}
