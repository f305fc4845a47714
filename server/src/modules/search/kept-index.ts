import { createWeightedMemory } from '../../kernel/cache/weighted-memory.ts';
import type { Db } from '../../kernel/db/db.ts';
import type { Filters } from './filters.ts';
import { decodePassing, decodePostings, type Passing, type WordPlaces } from './found.ts';
import type { Lexeme } from './lexemes.ts';
import { bytesOfOccurrences } from './occurrences.ts';
import { readGeneration, readPassing, readPostings } from './postings-repo.ts';

type Read = Db['read'];

/** The index as a search reads it: what this process has read of it before is not read again while it is the same. */
export interface KeptIndex {
  at(read: Read, organisationId: string): Promise<IndexView>;
}

/** The index of one organisation as one snapshot sees it. */
export interface IndexView {
  /** Where these words stand, in documents dated `since` (days since 1970) or later. */
  places(lexemes: readonly Lexeme[], since: number | null): Promise<WordPlaces[]>;
  /** Which documents the reader may see and the filters let through; those of `words` at least. */
  passing(filters: Filters, words: readonly WordPlaces[]): Promise<Passing>;
}

const MEGABYTE = 1_048_576;
/** The words that are asked for again and again, in an archive of millions of sentences. */
const WORDS_BYTES = 96 * MEGABYTE;
const DOCUMENTS_BYTES = 16 * MEGABYTE;
/** What an entry of a map takes. */
const BYTES_AN_ENTRY = 80;
const BYTES_A_DOCUMENT = 120;
/** So few are asked for by their numbers. */
const FEW = 300;
/** A search loads all its words in one statement: nothing waits here. */
const loadsAtOnce = Number.POSITIVE_INFINITY;

/**
 * What is kept belongs to one generation of an organisation's index, which each search reads in its own snapshot: a
 * search never sees words of before or after it. What a later generation has replaced goes when room is needed.
 */
export function createKeptIndex(wordsBytes = WORDS_BYTES, documentsBytes = DOCUMENTS_BYTES): KeptIndex {
  const words = createWeightedMemory<WordPlaces>({
    capacity: wordsBytes,
    weightOf: weightOfWord,
    loadsAtOnce,
  });
  const documents = createWeightedMemory<Passing>({
    capacity: documentsBytes,
    weightOf: (passing) => BYTES_A_DOCUMENT * (passing.inOrder.length + 1),
    loadsAtOnce,
  });
  return {
    at: async (read, organisationId) => {
      const generation = await readGeneration(read, organisationId);
      return {
        places: (lexemes, since) => {
          const load = inOneStatement((unknown) => readPostings(read, organisationId, unknown, since));
          const keyOf = (lexeme: Lexeme) => `${organisationId} ${generation} ${since} ${lexeme}`;
          return Promise.all(lexemes.map((lexeme) => words.get(keyOf(lexeme), () => load(lexeme))));
        },
        passing: async (filters, found) => {
          const few = fewOf(found);
          if (few) return decodePassing(await readPassing(read, organisationId, filters, few));
          const key = `${organisationId} ${generation} ${JSON.stringify(filters)}`;
          const load = async () => decodePassing(await readPassing(read, organisationId, filters, null));
          return documents.get(key, load);
        },
      };
    },
  };
}

function weightOfWord(documents: WordPlaces): number {
  let bytes = BYTES_AN_ENTRY;
  for (const occurrences of documents.values()) bytes += BYTES_AN_ENTRY + bytesOfOccurrences(occurrences);
  return bytes;
}

/** Loads of the same turn travel together. */
function inOneStatement(read: (lexemes: readonly Lexeme[]) => ReturnType<typeof readPostings>) {
  const wanted: Lexeme[] = [];
  let reading: Promise<WordPlaces[]> | undefined;
  return async (lexeme: Lexeme): Promise<WordPlaces> => {
    const number = wanted.push(lexeme) - 1;
    reading ??= Promise.resolve().then(async () => decodePostings(await read(wanted), wanted.length));
    return (await reading)[number] ?? new Map();
  };
}

/** The numbers of the documents in which the words stand, or null where these are many. */
function fewOf(words: readonly WordPlaces[]): number[] | null {
  const nos = new Set<number>();
  for (const word of words) {
    if (word.size > FEW) return null;
    for (const no of word.keys()) nos.add(no);
    if (nos.size > FEW) return null;
  }
  return [...nos];
}
