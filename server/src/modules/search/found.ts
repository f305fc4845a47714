import { FAMILIES, type Family, type Lexeme } from './lexemes.ts';
import { Occurrences } from './occurrences.ts';
import { decodePlaces } from './postings.ts';
import { DOCUMENT_BYTES, HEAD_BYTES, type Postings } from './postings-repo.ts';

/** A document that the reader may see. */
export interface PassingDocument {
  no: number;
  stamp: number;
  /** Days since 1970. */
  day: number;
  /** False where only the title may be read. */
  isHeard: boolean;
}

/** A document in which some of the words stand. */
export interface FoundDocument extends PassingDocument {
  family: Family;
  /** By the number of the word. */
  words: (Occurrences | undefined)[];
}

/** Documents that the reader may see: newest first, and the place of each number in that order. */
export interface Passing {
  inOrder: readonly PassingDocument[];
  placeOf: ReadonlyMap<number, number>;
}

/** Where one word stands, by the number of the document. */
export type WordPlaces = ReadonlyMap<number, Occurrences>;

const COUNT_FROM = 1;

/** Takes what was read of some words apart, in the order in which they were asked for. */
export function decodePostings({ heads, places }: Postings, words: number): WordPlaces[] {
  const decoded = Array.from({ length: words }, () => new Map<number, Occurrences>());
  // No place takes less than a byte, and no stretch more than 16 bits can say.
  const room = new Int32Array(65_535);
  let from = 0;
  for (let at = 0; at < heads.length; at += HEAD_BYTES) {
    const no = heads.readInt32BE(at);
    const word = decoded[heads.readUInt16BE(at + 4) - COUNT_FROM];
    const length = heads.readUInt16BE(at + 6);
    const part = room.slice(0, decodePlaces(places.subarray(from, from + length), room, 0));
    const before = word?.get(no);
    const all = before ? joined(before.places, part) : part;
    word?.set(no, new Occurrences(all));
    from += length;
  }
  return decoded;
}

/** Parts come in any order. */
function joined(before: Int32Array, part: Int32Array): Int32Array {
  const both = new Int32Array(before.length + part.length);
  both.set(before);
  both.set(part, before.length);
  return both.sort();
}

/** Takes documents that pass apart. */
export function decodePassing(documents: Buffer): Passing {
  const all: PassingDocument[] = [];
  for (let at = 0; at < documents.length; at += DOCUMENT_BYTES) {
    const stamp = documents.readInt32BE(at + 4);
    all.push({
      no: documents.readInt32BE(at),
      stamp: Math.abs(stamp),
      day: documents.readInt32BE(at + 8),
      isHeard: stamp > 0,
    });
  }
  all.sort((a, b) => b.day - a.day || b.no - a.no);
  return { inOrder: all, placeOf: new Map(all.map(({ no }, place) => [no, place])) };
}

/** Those of the documents in which one of the words stands, in their order. */
export function foundIn(
  { inOrder, placeOf }: Passing,
  words: readonly WordPlaces[],
  lexemes: readonly Lexeme[],
): FoundDocument[] {
  const families = lexemes.map(familyIn);
  const found: (FoundDocument | undefined)[] = new Array(inOrder.length);
  for (const [word, documents] of words.entries()) {
    for (const [no, occurrences] of documents) {
      const place = placeOf.get(no);
      const passing = place === undefined ? undefined : inOrder[place];
      if (place === undefined || passing === undefined) continue;
      const family = families[word] ?? 'other';
      const document = found[place] ?? { ...passing, family, words: [] };
      found[place] = document;
      document.words[word] = occurrences;
    }
  }
  return found.filter((document) => document !== undefined);
}

function familyIn(lexeme: Lexeme): Family {
  return FAMILIES.find((family) => lexeme.startsWith(`${family}/`)) ?? 'other';
}
