import type { Db, Executor } from '../../kernel/db/db.ts';
import { FAMILIES, type Family, type Lexeme, type Lexemes } from './lexemes.ts';
import type { Names } from './plan.ts';
import { readCompletions } from './postings-repo.ts';
import type { Query, Term } from './query.ts';
import { STOP_WORDS } from './stop-words.ts';

/** A shorter beginning is taken as a whole word: half the dictionary begins with it. */
const SHORTEST_BEGINNING = 2;
/** Words looked for that begin alike, those of most documents first. */
const MOST_COMPLETIONS = 80;

/** What the index calls each word of a query, by language. */
export type WordNames = ReadonlyMap<Family, ReadonlyMap<string, Lexeme | null>>;

/** To be asked before a snapshot is opened: a search that held one connection and wanted another could wait for ever. */
export async function nameWords(lexemes: Lexemes, q: Executor, query: Query): Promise<WordNames> {
  const words = new Set(termsOf(query).flatMap((term) => term.words));
  const names = new Map<Family, ReadonlyMap<string, Lexeme | null>>();
  for (const family of FAMILIES) names.set(family, await lexemes.of(q, family, words));
  return names;
}

/** Adds what begins with the words that may go on. */
export async function complete(
  names: WordNames,
  read: Db['read'],
  organisationId: string,
  query: Query,
): Promise<Names> {
  const beginnings = new Map<string, readonly Lexeme[]>();
  for (const { words: inTerm, isPrefix } of termsOf(query)) {
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

const termsOf = ({ groups, exclusions }: Query): Term[] => [...groups.flat(), ...exclusions];

/** Whether a query has words, all of which the index leaves out. */
export function hasOnlyStopWords(query: Query): boolean {
  const words = query.groups.flat().flatMap((term) => term.words);
  return words.length > 0 && words.every((word) => FAMILIES.some((family) => STOP_WORDS[family]?.has(word)));
}
