import { FAMILIES, type Family, type Lexeme } from './lexemes.ts';
import { DOCUMENT_BYTES, HEAD_BYTES, type Postings } from './postings-repo.ts';

/** A document in which some of the words stand. */
export interface FoundDocument {
  no: number;
  stamp: number;
  /** Days since 1970. */
  day: number;
  /** False where only the title may be read. */
  isHeard: boolean;
  family: Family;
  /** By the number of the word: the bytes of its places, in parts. */
  places: (Buffer[] | undefined)[];
}

/** Words in documents, before it is known which of these may be seen. */
export type PlacesByDocument = ReadonlyMap<number, Pick<FoundDocument, 'family' | 'places'>>;

const COUNT_FROM = 1;

/** Takes the words' places apart, one entry for each document. */
export function splitPostings({ heads, places }: Postings, lexemes: readonly Lexeme[]): PlacesByDocument {
  const families = lexemes.map(familyIn);
  const found = new Map<number, Pick<FoundDocument, 'family' | 'places'>>();
  let from = 0;
  for (let at = 0; at < heads.length; at += HEAD_BYTES) {
    const no = heads.readInt32BE(at);
    const word = heads.readUInt16BE(at + 4) - COUNT_FROM;
    const until = from + heads.readUInt16BE(at + 6);
    const document = found.get(no) ?? { family: families[word] ?? 'other', places: [] };
    found.set(no, document);
    const bytes = places.subarray(from, until);
    const parts = document.places[word];
    if (parts) parts.push(bytes);
    else document.places[word] = [bytes];
    from = until;
  }
  return found;
}

/** Those of the documents that pass, newest first. */
export function passing(found: PlacesByDocument, documents: Buffer): FoundDocument[] {
  const all: FoundDocument[] = [];
  for (let at = 0; at < documents.length; at += DOCUMENT_BYTES) {
    const no = documents.readInt32BE(at);
    const known = found.get(no);
    if (!known) continue;
    const stamp = documents.readInt32BE(at + 4);
    const { family, places } = known;
    const day = documents.readInt32BE(at + 8);
    all.push({ no, stamp: Math.abs(stamp), day, isHeard: stamp > 0, family, places });
  }
  return all.sort((a, b) => b.day - a.day || b.no - a.no);
}

function familyIn(lexeme: Lexeme): Family {
  return FAMILIES.find((family) => lexeme.startsWith(`${family}/`)) ?? 'other';
}
