import { randomFrom, readVocabulary } from './corpus.ts';

/** The same wish in both languages. */
export interface BenchQuery {
  /** As a person types it. */
  q: string;
  /** As the peer's to_tsquery takes it. */
  tsquery: string;
  /** More of our address. */
  more?: Record<string, string>;
}

/** Classes whose goal is stated, and others that are shown beside them. */
export const GOAL_CLASSES = [
  'rare',
  'common',
  'very common',
  'two very common',
  'phrase',
  'prefix',
  'OR',
] as const;

const phraseOf = (text: string) =>
  text
    .split(/[ ’']/)
    .map((word) => word)
    .join(' ');

/** Different queries of each class, `count` of them where there are so many. */
export function makeQueries(count: number): Map<string, BenchQuery[]> {
  const { rare, common, veryCommon, phrases } = readVocabulary();
  const random = randomFrom(3);
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? '';
  const many = (make: () => BenchQuery) => Array.from({ length: count }, make);
  const one = (word: string): BenchQuery => ({ q: word, tsquery: word });
  const two = (from: readonly string[], sign: '&' | '|'): BenchQuery => {
    const first = pick(from);
    let second = pick(from);
    while (second === first) second = pick(from);
    return {
      q: sign === '&' ? `${first} ${second}` : `${first} OR ${second}`,
      tsquery: `${first} ${sign} ${second}`,
    };
  };
  const prefixOf = (word: string, length: number): BenchQuery => {
    const beginning = word.slice(0, length);
    return { q: `${beginning}*`, tsquery: `${beginning}:*` };
  };
  return new Map<string, BenchQuery[]>([
    ['rare', many(() => one(pick(rare)))],
    ['common', many(() => one(pick(common)))],
    ['very common', many(() => one(pick(veryCommon)))],
    ['two very common', many(() => two(veryCommon, '&'))],
    [
      'phrase',
      many(() => {
        const phrase = phraseOf(pick(phrases));
        return { q: `"${phrase}"`, tsquery: `phrase:${phrase}` };
      }),
    ],
    ['prefix', many(() => prefixOf(pick([...common, ...veryCommon]), 5))],
    ['OR', many(() => two([...common, ...veryCommon], '|'))],
    ['OR of two very common', many(() => two(veryCommon, '|'))],
    [
      'typing 3 letters',
      many(() => {
        const beginning = pick([...common, ...veryCommon]).slice(0, 3);
        return { q: beginning, tsquery: `${beginning}:*`, more: { typing: 'true' } };
      }),
    ],
    [
      'very common, one commission',
      many(() => {
        const word = pick(veryCommon);
        return { q: word, tsquery: word, more: { commission: 'Commission D3' } };
      }),
    ],
    [
      'very common, by date',
      many(() => {
        const word = pick(veryCommon);
        return { q: word, tsquery: word, more: { sort: 'date_desc' } };
      }),
    ],
  ]);
}
