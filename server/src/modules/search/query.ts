import { type Token, tokenise } from './tokens.ts';

/** What is looked for as one: a word, or several that stand one after the other. */
export interface Term {
  /** Folded words in order. */
  words: string[];
  /** The last word may go on. */
  isPrefix: boolean;
}

/** All groups, any term of each, none of the exclusions: in one segment or title. */
export interface Query {
  groups: Term[][];
  exclusions: Term[];
}

const LONGEST_QUERY = 500;
const PIECE =
  /(?<minus>-?)(?:"(?<quoted>[^"]*)"?|«(?<french>[^»]*)»?|“(?<curly>[^”]*)”?|(?<word>[^\s"«»“”]+))/gu;
const OR = /^(or|ou)$/i;

interface Piece {
  term: Term | null;
  isExclusion: boolean;
  isOr: boolean;
}

/**
 * Reads what a person typed: words, "phrases", -exclusions, `a OR b` (`ou` too, in any case, between two terms) and
 * prefix*. Nothing is an error: what has no meaning is left out. `isTyping` takes the last word as a prefix.
 */
export function parseQuery(text: string, isTyping = false): Query {
  const pieces = [...text.slice(0, LONGEST_QUERY).matchAll(PIECE)].map(toPiece);
  if (isTyping && /[\p{L}\p{N}]$/u.test(text)) extendLast(pieces);
  const query: Query = { groups: [], exclusions: [] };
  let joins = false;
  for (const [index, { term, isExclusion, isOr }] of pieces.entries()) {
    const last = query.groups.at(-1);
    if (isOr && last && isPositive(pieces[index - 1]) && isPositive(pieces[index + 1])) {
      joins = true;
      continue;
    }
    if (term === null) continue;
    if (isExclusion) query.exclusions.push(term);
    else if (joins && last) last.push(term);
    else query.groups.push([term]);
    joins = false;
  }
  return query;
}

/** How many terms there are, exclusions among them. */
export function countTerms({ groups, exclusions }: Query): number {
  return groups.reduce((sum, terms) => sum + terms.length, exclusions.length);
}

function isPositive(piece: Piece | undefined): boolean {
  return piece?.term != null && !piece.isExclusion;
}

function toPiece({ groups = {} }: RegExpMatchArray): Piece {
  const { minus, word } = groups;
  const quoted = groups.quoted ?? groups.french ?? groups.curly;
  const term = quoted === undefined ? toTerm(word ?? '', /\*$/.test(word ?? '')) : toTerm(quoted, false);
  return {
    term,
    isExclusion: minus === '-',
    isOr: minus !== '-' && quoted === undefined && OR.test(word ?? ''),
  };
}

function toTerm(text: string, isPrefix: boolean): Term | null {
  const tokens: Token[] = tokenise(text);
  return tokens.length === 0 ? null : { words: tokens.map(({ word }) => word), isPrefix };
}

function extendLast(pieces: Piece[]): void {
  const last = pieces.at(-1);
  if (last?.term && !last.isExclusion) last.term.isPrefix = true;
}
