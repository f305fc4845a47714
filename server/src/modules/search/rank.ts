import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FoundDocument } from './found.ts';
import type { Family, Lexeme } from './lexemes.ts';
import { createMatcher } from './match.ts';
import type { Matcher, Top, Weigh } from './matcher.ts';
import type { PlannedTerm, Program } from './plan.ts';

/** Orders of results. */
export const SORTS = ['relevance', 'date_desc', 'date_asc'] as const;
/** A name of {@link SORTS}. */
export type Sort = (typeof SORTS)[number];

/** One segment or title that was found. */
export interface Hit {
  document: FoundDocument;
  segment: number;
  score: number;
}

/** The first hits in order, how many there are altogether, and how many in each document. */
export interface Ranked {
  hits: Hit[];
  total: number;
  byDocument: Map<FoundDocument, number>;
}

/** Other requests of this process wait no longer than this for a search. */
const TURN_MS = 10;
const LOOK_EVERY = 64;

/**
 * Matches every document and keeps the first `most` hits. Equal scores come newest first: documents are given in
 * that order, and an equal hit never displaces an earlier one.
 */
export async function rankDocuments(
  documents: readonly FoundDocument[],
  programs: ReadonlyMap<Family, Program>,
  weigh: Weigh,
  sort: Sort,
  most: number,
): Promise<Ranked> {
  const ordered = sort === 'date_asc' ? documents.toReversed() : documents;
  const byDocument = new Map<FoundDocument, number>();
  const top = createTop(sort, most);
  const matchers = new Map<Family, Matcher>();
  for (const [family, program] of programs) matchers.set(family, createMatcher(program, weigh, top));
  let total = 0;
  let turnEnds = performance.now() + TURN_MS;
  for (const [index, document] of ordered.entries()) {
    const count = matchers.get(document.family)?.(document) ?? 0;
    if (count > 0) byDocument.set(document, count);
    total += count;
    if (index % LOOK_EVERY === 0 && performance.now() > turnEnds) {
      await nextTurn();
      turnEnds = performance.now() + TURN_MS;
    }
  }
  return { hits: top.hits, total, byDocument };
}

/** The first hits so far; what is not among them costs one comparison. */
function createTop(sort: Sort, most: number): Top & { hits: Hit[] } {
  const hits: Hit[] = [];
  const top = {
    hits,
    // By date nothing is worth more than what came before, once there are enough.
    least: Number.NEGATIVE_INFINITY,
    take: (document: FoundDocument, segment: number, score: number): void => {
      if (score <= top.least) return;
      const hit = { document, segment, score };
      if (sort === 'relevance') insertInOrder(hits, hit, most);
      else hits.push(hit);
      if (hits.length < most) return;
      top.least = sort === 'relevance' ? (hits[most - 1]?.score ?? 0) : Number.POSITIVE_INFINITY;
    },
  };
  return top;
}

/** After all that score as much or more. */
function insertInOrder(hits: Hit[], hit: Hit, most: number): void {
  let low = 0;
  let high = hits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((hits[middle]?.score ?? 0) >= hit.score) low = middle + 1;
    else high = middle;
  }
  if (low < hits.length) hits.splice(low, 0, hit);
  else hits.push(hit);
  if (hits.length > most) hits.pop();
}

/** Weighs a term by how rare it is among `segments`: a phrase as its rarest word. */
export function weighByRarity(
  documents: readonly FoundDocument[],
  lexemes: readonly Lexeme[],
  segments: number,
): Weigh {
  const said = new Float64Array(lexemes.length);
  for (const { words } of documents) {
    for (let number = 0; number < words.length; number++) {
      said[number] = (said[number] ?? 0) + (words[number]?.places.length ?? 0);
    }
  }
  const known = new Map<PlannedTerm, number>();
  const frequencyOf = ({ slots }: PlannedTerm): number =>
    Math.min(...slots.map((slot) => slot.lexemes.reduce((sum, number) => sum + (said[number] ?? 0), 0)));
  return (term) => {
    const weight = known.get(term) ?? Math.log(1 + Math.max(1, segments) / (1 + frequencyOf(term)));
    known.set(term, weight);
    return weight;
  };
}
