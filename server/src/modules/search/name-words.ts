import type { Db } from '../../kernel/db/db.ts';
import { FAMILIES, type Family, type Lexeme, type Lexemes } from './lexemes.ts';
import type { Names } from './plan.ts';
import { readCompletions } from './postings-repo.ts';
import type { Query } from './query.ts';
import { STOP_WORDS } from './stop-words.ts';

/** A shorter beginning is taken as a whole word: half the dictionary begins with it. */
const SHORTEST_BEGINNING = 2;
/** Words looked for that begin alike, those of most documents first. */
const MOST_COMPLETIONS = 80;

/** Finds out what the index calls every word of a query, and what begins with those that may go on. */
export async function nameWords(
  lexemes: Lexemes,
  kysely: Db['kysely'],
  read: Db['read'],
  organisationId: string,
  query: Query,
): Promise<Names> {
  const terms = [...query.groups.flat(), ...query.exclusions];
  const words = new Set(terms.flatMap((term) => term.words));
  const names = new Map<Family, Map<string, Lexeme | null>>();
  for (const family of FAMILIES) names.set(family, await lexemes.of(kysely, family, words));
  const beginnings = new Map<string, readonly Lexeme[]>();
  for (const { words: inTerm, isPrefix } of terms) {
    const last = inTerm.at(-1) ?? '';
    if (!isPrefix || last.length < SHORTEST_BEGINNING || beginnings.has(last)) continue;
    beginnings.set(last, await readCompletions(read, organisationId, last, MOST_COMPLETIONS + 1));
  }
  return {
    of: (family, word) => names.get(family)?.get(word) ?? null,
    beginningWith: (family, word) => {
      const all = beginnings.get(word) ?? [];
      const lexemesOfFamily = all.slice(0, MOST_COMPLETIONS).filter((each) => each.startsWith(`${family}/`));
      return { lexemes: lexemesOfFamily, isWhole: all.length <= MOST_COMPLETIONS };
    },
  };
}

/** Whether a query has words, all of which the index leaves out. */
export function hasOnlyStopWords(query: Query): boolean {
  const words = query.groups.flat().flatMap((term) => term.words);
  return words.length > 0 && words.every((word) => FAMILIES.some((family) => STOP_WORDS[family]?.has(word)));
}
