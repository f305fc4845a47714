import type { WordName } from './index-repo.ts';

/** Which words this process knows to be in the vocabulary, where nothing is ever taken out. */
export interface Vocabulary {
  /** Those that are not known to be there. */
  unknown(organisationId: string, words: readonly WordName[]): WordName[];
  /** To be called once they are committed. */
  add(organisationId: string, words: readonly WordName[]): void;
}

const MOST_KEPT = 400_000;

export function createVocabulary(mostKept = MOST_KEPT): Vocabulary {
  const known = new Set<string>();
  const keyOf = (organisationId: string, { word, lexeme }: WordName) => `${organisationId} ${lexeme} ${word}`;
  return {
    unknown: (organisationId, words) => words.filter((name) => !known.has(keyOf(organisationId, name))),
    add: (organisationId, words) => {
      if (known.size + words.length > mostKept) known.clear();
      for (const name of words) known.add(keyOf(organisationId, name));
    },
  };
}
