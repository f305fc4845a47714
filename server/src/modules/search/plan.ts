import { FAMILIES, type Family, type Lexeme } from './lexemes.ts';
import type { Query, Term } from './query.ts';

/** A place in a phrase, counted from its first word, with the numbers of the words that may stand there. */
export interface Slot {
  offset: number;
  lexemes: readonly number[];
}

/** A term as slots in order; words that the index leaves out stand for any word. */
export interface PlannedTerm {
  slots: readonly Slot[];
}

/** A query in one language. */
export interface Program {
  groups: readonly (readonly PlannedTerm[])[];
  exclusions: readonly PlannedTerm[];
}

/** The words to read, and what to make of them in the documents of each language. */
export interface Plan {
  lexemes: Lexeme[];
  programs: ReadonlyMap<Family, Program>;
  /** False where more words begin so than are looked for. */
  isWhole: boolean;
}

/** What the index calls a word, and what it calls words that begin so; by language. */
export interface Names {
  of(family: Family, word: string): Lexeme | null;
  beginningWith(family: Family, word: string): { lexemes: readonly Lexeme[]; isWhole: boolean };
}

/** Numbers the words of a query in each language; a language in which nothing is left has no program. */
export function planQuery(query: Query, names: Names): Plan {
  const numbers = new Map<Lexeme, number>();
  const programs = new Map<Family, Program>();
  let isWhole = true;

  const numberOf = (lexeme: Lexeme): number => {
    const known = numbers.get(lexeme);
    if (known !== undefined) return known;
    numbers.set(lexeme, numbers.size);
    return numbers.size - 1;
  };

  const slotOf = (family: Family, { words, isPrefix }: Term, offset: number): Slot[] => {
    const word = words[offset] ?? '';
    const found = new Set<Lexeme>();
    const lexeme = names.of(family, word);
    if (lexeme !== null) found.add(lexeme);
    if (isPrefix && offset === words.length - 1) {
      const beginning = names.beginningWith(family, word);
      isWhole &&= beginning.isWhole;
      for (const each of beginning.lexemes) found.add(each);
    }
    return found.size === 0 ? [] : [{ offset, lexemes: [...found].map(numberOf) }];
  };

  const termOf = (family: Family, term: Term): PlannedTerm[] => {
    const slots = term.words.flatMap((_word, offset) => slotOf(family, term, offset));
    return slots.length === 0 ? [] : [{ slots }];
  };

  for (const family of FAMILIES) {
    const groups = query.groups
      .map((terms) => terms.flatMap((term) => termOf(family, term)))
      .filter((terms) => terms.length > 0);
    if (groups.length === 0) continue;
    programs.set(family, { groups, exclusions: query.exclusions.flatMap((term) => termOf(family, term)) });
  }
  return { lexemes: [...numbers.keys()], programs, isWhole };
}
