import { type Executor, runSql } from '../../kernel/db/db.ts';

/** The languages whose words are brought to their stem, each with PostgreSQL's own dictionary for it. */
const DICTIONARIES = { fr: 'french_stem', en: 'english_stem' } as const;
/** A language with a stemmer. */
export type StemmedLanguage = keyof typeof DICTIONARIES;

/** The stems of folded words, in their order; null where the dictionary leaves a word out. Knows no rows. */
export async function readStemsAcrossOrganisations(
  q: Executor,
  language: StemmedLanguage,
  words: readonly string[],
): Promise<(string | null)[]> {
  const rows = await runSql<{ stem: string | null }>(
    q,
    `select (ts_lexize('${DICTIONARIES[language]}', word))[1] as stem
    from unnest($1::text[]) with ordinality as given (word, n) order by n`,
    [words],
  );
  return rows.map(({ stem }) => stem);
}
