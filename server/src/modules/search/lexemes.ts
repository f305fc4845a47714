import type { Executor } from '../../kernel/db/db.ts';
import { readStemsAcrossOrganisations } from './stem-repo.ts';
import { STOP_WORDS } from './stop-words.ts';

/** What the index calls a word of a language: `fr/reform`, `en/reform`, `other/reforma`. */
export type Lexeme = string;
/** The languages that the index tells apart; `other` is taken as it is written. */
export const FAMILIES = ['fr', 'en', 'other'] as const;
/** A name of {@link FAMILIES}. */
export type Family = (typeof FAMILIES)[number];

/** The family of a BCP 47 tag. */
export function familyOf(language: string): Family {
  const [primary = ''] = language.toLowerCase().split('-');
  return primary === 'fr' || primary === 'en' ? primary : 'other';
}

/** What the index calls words; kept in memory, since it never changes. */
export interface Lexemes {
  /** One for each distinct word, null for those that the index leaves out. */
  of(q: Executor, family: Family, words: Iterable<string>): Promise<Map<string, Lexeme | null>>;
}

const MOST_KEPT = 200_000;

export function createLexemes(mostKept = MOST_KEPT): Lexemes {
  const kept = new Map<Family, Map<string, Lexeme | null>>();

  function memoryOf(family: Family): Map<string, Lexeme | null> {
    const known = kept.get(family);
    if (known && known.size < mostKept) return known;
    const fresh = new Map<string, Lexeme | null>();
    kept.set(family, fresh);
    return fresh;
  }

  return {
    of: async (q, family, words) => {
      const memory = memoryOf(family);
      const wanted = [...new Set(words)];
      const unknown = wanted.filter((word) => !memory.has(word));
      if (unknown.length > 0) {
        const stems = family === 'other' ? unknown : await readStemsAcrossOrganisations(q, family, unknown);
        for (const [i, word] of unknown.entries()) {
          const stem = STOP_WORDS[family]?.has(word) ? null : (stems[i] ?? null);
          memory.set(word, stem === null ? null : `${family}/${stem}`);
        }
      }
      return new Map(wanted.map((word) => [word, memory.get(word) ?? null]));
    },
  };
}
