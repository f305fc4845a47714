import type { FoundDocument } from './found.ts';
import { timesOfRun } from './occurrences.ts';
import type { PlannedTerm } from './plan.ts';

/** How much a term is worth where it stands, before its repetitions: rare ones more. */
export type Weigh = (term: PlannedTerm) => number;

/** The first hits so far. */
export interface Top {
  /** A hit has to be worth more than this. */
  least: number;
  take(document: FoundDocument, segment: number, score: number): void;
}

/** Tells the top of one document's segments, in ascending order, as far as they can be among the first; answers how many there are. */
export type Matcher = (document: FoundDocument) => number;

// BM25 without the lengths: segments are all about as long as a breath.
const SATURATION = 1.2;
/** A title says what all of it is about. */
const TITLE_FACTOR = 4;
const MOST_TIMES = 255;
const WORTH = Float64Array.from(
  { length: MOST_TIMES + 1 },
  (_, times) => (times * (1 + SATURATION)) / (times + SATURATION),
);

/** What so many times are worth, of those that a run can say. */
export const worthOfTimes = (times: number): number => WORTH[times] ?? 0;
export const worthOfRun = (run: number): number => WORTH[timesOfRun(run)] ?? 0;

export const scoreAt = (segment: number, score: number): number =>
  segment === 0 ? score * TITLE_FACTOR : score;
