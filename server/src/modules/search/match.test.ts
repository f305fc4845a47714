import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placesOfWords, wordRows } from './document.ts';
import type { FoundDocument } from './found.ts';
import { createMatcher } from './match.ts';
import { Occurrences } from './occurrences.ts';
import { wordsMatched } from './places-of-term.ts';
import { planQuery } from './plan.ts';
import { decodePlaces } from './postings.ts';
import { parseQuery, type Query, type Term } from './query.ts';
import { rankDocuments, weighByRarity } from './rank.ts';
import { tokenise } from './tokens.ts';

const STOP = new Set(['de']);
const lexemeOf = (word: string) => (STOP.has(word) ? null : `fr/${word}`);
const WORDS = ['eau', 'lait', 'pain', 'painier', 'de', 'sel'];

/** A document as the database gives it back. */
function documentOf(no: number, segments: readonly string[], lexemes: readonly string[]): FoundDocument {
  const places = placesOfWords(
    '',
    segments.map((text, position) => ({ text, position })),
  );
  const rows = wordRows(places, new Map([...places.keys()].map((word) => [word, lexemeOf(word)])));
  return {
    no,
    stamp: 1,
    day: no,
    isHeard: true,
    family: 'fr',
    words: lexemes.map((lexeme) => {
      const parts = rows.filter((row) => row.lexeme === lexeme).map((row) => row.places);
      if (parts.length === 0) return undefined;
      const room = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
      let count = 0;
      for (const part of parts) count = decodePlaces(part, room, count);
      const all = room.subarray(0, count).sort();
      return new Occurrences(all);
    }),
  };
}

function plan(query: Query) {
  return planQuery(query, {
    of: (_family, word) => lexemeOf(word),
    beginningWith: (family, word) => ({
      lexemes:
        family === 'fr'
          ? WORDS.filter((each) => each.startsWith(word) && !STOP.has(each)).map((each) => `fr/${each}`)
          : [],
      isWhole: true,
    }),
  });
}

/** The same by looking at each text. */
function isMeant(text: string, { groups, exclusions }: Query): boolean {
  const words = tokenise(text).map(({ word }) => word);
  const standsAt = ({ words: wanted, isPrefix }: Term, at: number) =>
    wanted.every((word, i) => {
      const said = words[at + i];
      const isLast = i === wanted.length - 1;
      // A stop word stands for any word, and for none at the end.
      if (STOP.has(word) && !(isPrefix && isLast)) return true;
      return (
        said !== undefined && !STOP.has(said) && (isPrefix && isLast ? said.startsWith(word) : said === word)
      );
    });
  const stands = (term: Term) => {
    const lead = term.words.findIndex((word) => !STOP.has(word));
    return words.some(
      (_word, at) =>
        (words[at + lead] !== undefined && standsAt(term, at)) ||
        (at === 0 &&
          lead > 0 &&
          Array.from({ length: lead }, (_, i) => -lead + i).some((early) => standsAt(term, early))),
    );
  };
  const isEmpty = (term: Term) =>
    term.words.every((word) => STOP.has(word)) &&
    !(term.isPrefix && WORDS.some((each) => each.startsWith(term.words.at(-1) ?? '') && !STOP.has(each)));
  const asked = groups
    .map((terms) => terms.filter((term) => !isEmpty(term)))
    .filter((terms) => terms.length > 0);
  if (asked.length === 0) return false;
  return (
    asked.every((terms) => terms.some(stands)) && !exclusions.filter((term) => !isEmpty(term)).some(stands)
  );
}

const text = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 8 })
  .map((words) => words.join(' '));
const piece = fc.oneof(
  fc.constantFrom(...WORDS, 'pain*', 'eau*', 'OR', '-sel', '-lait'),
  fc.array(fc.constantFrom(...WORDS), { minLength: 2, maxLength: 3 }).map((words) => `"${words.join(' ')}"`),
);
const typed = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(' '));

describe('a query', () => {
  it('means in the index what it means in the texts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(text, { maxLength: 6 }), { maxLength: 4 }),
        typed,
        async (corpus, q) => {
          const query = parseQuery(q);
          const { lexemes, programs } = plan(query);
          const documents = corpus.map((segments, no) => documentOf(no, segments, lexemes));
          const ranked = await rankDocuments(documents, programs, () => 1, 'relevance', 1_000);
          const got = ranked.hits.map(({ document, segment }) => `${document.no} ${segment}`).sort();
          const meant = corpus.flatMap((segments, no) =>
            segments.flatMap((each, i) => (isMeant(each, query) ? [`${no} ${i + 1}`] : [])),
          );
          expect(got).toEqual(meant.sort());
          expect(ranked.total).toBe(meant.length);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('has the same first hits and total, however few are kept', async () => {
    const documents = fc.array(
      fc.record({ segments: fc.array(text, { maxLength: 40 }), isHeard: fc.boolean() }),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(documents, typed, fc.integer({ min: 1, max: 5 }), async (corpus, q, most) => {
        const { lexemes, programs } = plan(parseQuery(q));
        const all = corpus.map(({ segments, isHeard }, no) => ({
          ...documentOf(no, segments, lexemes),
          isHeard,
        }));
        const weigh = weighByRarity(all, lexemes, 1_000);
        const whole = await rankDocuments(all, programs, weigh, 'relevance', 1_000);
        const few = await rankDocuments(all, programs, weigh, 'relevance', most);
        const shown = (hits: typeof few.hits) =>
          hits.map(({ document, segment, score }) => `${document.no} ${segment} ${score.toFixed(6)}`);
        expect(shown(few.hits)).toEqual(shown(whole.hits.slice(0, most)));
        expect(few.total).toBe(whole.total);
      }),
      { numRuns: 400 },
    );
  });

  it('marks the words of its phrase, not their likes elsewhere', () => {
    const { lexemes, programs } = plan(parseQuery('"eau de sel" pain'));
    const document = documentOf(1, ['sel pain eau eau de sel'], lexemes);
    const program = programs.get('fr');
    if (!program) throw new Error('no program');
    expect(wordsMatched(document, program, 1)).toEqual(new Set([1, 3, 5]));
    const top = { least: Number.NEGATIVE_INFINITY, take: () => {} };
    expect(createMatcher(program, () => 1, top)(document)).toBe(1);
  });
});

describe('the first hits', () => {
  it('are the best, and among equals the newest', async () => {
    const { lexemes, programs } = plan(parseQuery('eau'));
    const documents = [
      documentOf(3, ['eau'], lexemes),
      documentOf(2, ['eau eau', 'eau'], lexemes),
      documentOf(1, ['eau eau'], lexemes),
    ];
    const shown = async (sort: 'relevance' | 'date_desc' | 'date_asc', most: number) => {
      const { hits, total } = await rankDocuments(documents, programs, () => 1, sort, most);
      return [total, ...hits.map(({ document, segment }) => `${document.no}.${segment}`)];
    };
    expect(await shown('relevance', 10)).toEqual([4, '2.1', '1.1', '3.1', '2.2']);
    expect(await shown('relevance', 2)).toEqual([4, '2.1', '1.1']);
    expect(await shown('date_desc', 3)).toEqual([4, '3.1', '2.1', '2.2']);
    expect(await shown('date_asc', 3)).toEqual([4, '1.1', '2.1', '2.2']);
  });
});
