import { matchTerms } from './match-terms.ts';
import { matchWords } from './match-words.ts';
import type { Matcher, Top, Weigh } from './matcher.ts';
import type { Program } from './plan.ts';

/** A matcher for the documents of one language, one after the other. */
export const createMatcher = (program: Program, weigh: Weigh, top: Top): Matcher =>
  matchWords(program, weigh, top) ?? matchTerms(program, weigh, top);
