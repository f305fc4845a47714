import { countBits } from '../../kernel/count-bits.ts';
import type { FoundDocument } from './found.ts';
import { type Matcher, scoreAt, type Top, type Weigh, worthOfRun, worthOfTimes } from './matcher.ts';
import { type Occurrences, segmentOfRun } from './occurrences.ts';
import { wordOfTerm } from './places-of-term.ts';
import type { PlannedTerm, Program } from './plan.ts';

/** A word of the query in one document. */
interface Standing {
  weight: number;
  occurrences: Occurrences;
  /** What it can be worth in any segment. */
  most: number;
}

const ONCE = worthOfTimes(1);
const NO_RUNS = new Int32Array(0);

/**
 * A matcher for single words that all have to be there, or one of which has to be; null for other queries. Segments
 * are counted by their bits, and only those are looked at that can still be among the first.
 */
export function matchWords(program: Program, weigh: Weigh, top: Top): Matcher | null {
  const asked = wordsOf(program);
  if (!asked) return null;
  const { isAll } = asked;
  const words = asked.terms.map((term) => ({ number: wordOfTerm(term) ?? -1, weight: weigh(term) }));
  return (document) => {
    const standing: Standing[] = [];
    for (const { number, weight } of words) {
      const occurrences = document.words[number];
      if (occurrences)
        standing.push({ weight, occurrences, most: weight * worthOfTimes(occurrences.derived.mostTimes) });
      else if (isAll) return 0;
    }
    const hasTitle = tellTitle(document, standing, isAll, top);
    if (!document.isHeard) return hasTitle ? 1 : 0;
    tellBest(document, standing, isAll, top);
    return isAll ? countCommon(standing) : countAny(standing);
  };
}

/** The words of a query that has nothing else. */
function wordsOf({ groups, exclusions }: Program): { terms: readonly PlannedTerm[]; isAll: boolean } | null {
  if (exclusions.length > 0) return null;
  const [first = [], ...others] = groups;
  const isAny = others.length === 0 && first.length > 1;
  if (!isAny && groups.some((terms) => terms.length > 1)) return null;
  const terms = groups.flat();
  return terms.every((term) => wordOfTerm(term) !== undefined) ? { terms, isAll: !isAny } : null;
}

/** The title is worth more than its words, so no bound holds for it. */
function tellTitle(
  document: FoundDocument,
  standing: readonly Standing[],
  isAll: boolean,
  top: Top,
): boolean {
  let score = 0;
  let found = 0;
  for (const { weight, occurrences } of standing) {
    const [run] = occurrences.derived.runs;
    if (run === undefined || segmentOfRun(run) > 0) continue;
    score += weight * worthOfRun(run);
    found++;
  }
  if (found === 0 || (isAll && found < standing.length)) return false;
  top.take(document, 0, scoreAt(0, score));
  return true;
}

function tellBest(document: FoundDocument, standing: readonly Standing[], isAll: boolean, top: Top): void {
  const bound = standing.reduce((sum, { most }) => sum + most, 0);
  if (bound <= top.least) return;
  let runs: Int32Array | null = null;
  let lead: Standing | null = null;
  for (const each of standing) {
    const others = bound - each.most;
    // Without this word a segment can't be among the first; and with it once, perhaps not either.
    if (!isAll && others > top.least) continue;
    const { derived } = each.occurrences;
    const some = others + each.weight * ONCE <= top.least ? derived.repeats : derived.runs;
    if (runs !== null && runs.length <= some.length) continue;
    runs = some;
    lead = each;
  }
  if (runs && lead) tellLed(document, runs, lead, standing, isAll, top);
  else walkAll(standing, (segment, score) => segment > 0 && top.take(document, segment, score));
}

/** Those of the leading word's segments in which the others stand (all of them, or as it comes). */
function tellLed(
  document: FoundDocument,
  runs: Int32Array,
  lead: Standing,
  standing: readonly Standing[],
  isAll: boolean,
  top: Top,
): void {
  const others = standing.filter((each) => each !== lead);
  const at = new Int32Array(others.length);
  for (const run of runs) {
    const segment = segmentOfRun(run);
    let score = lead.weight * worthOfRun(run);
    let isThere = segment > 0;
    for (let other = 0; isThere && other < others.length; other++) {
      const { weight, occurrences } = others[other] ?? lead;
      const next = firstFrom(occurrences.derived.runs, at[other] ?? 0, segment);
      at[other] = next;
      const found = occurrences.derived.runs[next];
      if (found !== undefined && segmentOfRun(found) === segment) score += weight * worthOfRun(found);
      else isThere = !isAll;
    }
    if (isThere && score > top.least) top.take(document, segment, score);
  }
}

/** The first run from `from` on whose segment is not before this one. */
function firstFrom(runs: Int32Array, from: number, segment: number): number {
  let low = from;
  let step = 1;
  // In steps that double, then by halves: next to where one is, or far from there.
  while (low + step < runs.length && segmentOfRun(runs[low + step] ?? 0) < segment) {
    low += step;
    step *= 2;
  }
  let high = Math.min(runs.length, low + step);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segmentOfRun(runs[middle] ?? 0) < segment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Every segment in which one of the words stands, ascending; answers how many. */
function walkAll(standing: readonly Standing[], visit: (segment: number, score: number) => void): number {
  const at = new Int32Array(standing.length);
  for (let count = 0; ; count++) {
    let segment = Number.POSITIVE_INFINITY;
    for (let word = 0; word < standing.length; word++) {
      const run = standing[word]?.occurrences.derived.runs[at[word] ?? 0];
      if (run !== undefined) segment = Math.min(segment, segmentOfRun(run));
    }
    if (segment === Number.POSITIVE_INFINITY) return count;
    let score = 0;
    for (let word = 0; word < standing.length; word++) {
      const { weight, occurrences } = standing[word] ?? { weight: 0, occurrences: null };
      const run = occurrences?.derived.runs[at[word] ?? 0];
      if (run === undefined || segmentOfRun(run) !== segment) continue;
      at[word] = (at[word] ?? 0) + 1;
      score += weight * worthOfRun(run);
    }
    visit(segment, score);
  }
}

function countCommon(standing: readonly Standing[]): number {
  const [first, ...others] = standing;
  if (!first) return 0;
  if (others.length === 0) return first.occurrences.derived.runs.length;
  const all = allBits(standing);
  if (all === null) return countLed(standing);
  let count = 0;
  const words = Math.min(...all.map((bits) => bits.length));
  for (let word = 0; word < words; word++) {
    let common = -1;
    for (const bits of all) common &= bits[word] ?? 0;
    count += countBits(common);
  }
  return count;
}

function countAny(standing: readonly Standing[]): number {
  const [first, ...others] = standing;
  if (!first) return 0;
  if (others.length === 0) return first.occurrences.derived.runs.length;
  const all = allBits(standing);
  if (all === null) return countMixed(standing);
  let count = 0;
  const words = Math.max(...all.map((bits) => bits.length));
  for (let word = 0; word < words; word++) {
    let any = 0;
    for (const bits of all) any |= bits[word] ?? 0;
    count += countBits(any);
  }
  return count;
}

/** Words some of which are rare: of two, those with both are counted once. */
function countMixed(standing: readonly Standing[]): number {
  if (standing.length !== 2) return walkAll(standing, () => {});
  const each = standing.reduce((sum, { occurrences }) => sum + occurrences.derived.runs.length, 0);
  return each - countLed(standing);
}

function allBits(standing: readonly Standing[]): Int32Array[] | null {
  const all: Int32Array[] = [];
  for (const { occurrences } of standing) if (occurrences.derived.bits) all.push(occurrences.derived.bits);
  return all.length === standing.length ? all : null;
}

/** By the runs of the rarest word: some words have no bits because they are rare. */
function countLed(standing: readonly Standing[]): number {
  const all = standing.map(({ occurrences }) => occurrences.derived.runs).sort((a, b) => a.length - b.length);
  const [rarest = NO_RUNS, ...others] = all;
  const at = new Int32Array(others.length);
  let count = 0;
  for (const run of rarest) {
    const segment = segmentOfRun(run);
    const isCommon = others.every((runs, other) => {
      const next = firstFrom(runs, at[other] ?? 0, segment);
      at[other] = next;
      const found = runs[next];
      return found !== undefined && segmentOfRun(found) === segment;
    });
    if (isCommon) count++;
  }
  return count;
}
