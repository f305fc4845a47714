import { FAMILIES, type Family, type Lexeme } from './lexemes.ts';
import { HEAD_BYTES, type Postings } from './postings-repo.ts';

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

const COUNT_FROM = 1;

/** Takes what the database sent apart: one entry for each document, newest first. */
export function readFound({ heads, places }: Postings, lexemes: readonly Lexeme[]): FoundDocument[] {
  const families = lexemes.map(familyIn);
  const found = new Map<number, FoundDocument>();
  let from = 0;
  for (let at = 0; at < heads.length; at += HEAD_BYTES) {
    const word = heads.readUInt16BE(at + 12) - COUNT_FROM;
    const until = from + heads.readUInt16BE(at + 14);
    const document = documentAt(found, heads, at, families[word] ?? 'other');
    const bytes = places.subarray(from, until);
    const parts = document.places[word];
    if (parts) parts.push(bytes);
    else document.places[word] = [bytes];
    from = until;
  }
  return [...found.values()].sort((a, b) => b.day - a.day || b.no - a.no);
}

function documentAt(
  found: Map<number, FoundDocument>,
  heads: Buffer,
  at: number,
  family: Family,
): FoundDocument {
  const no = heads.readInt32BE(at);
  const known = found.get(no);
  if (known) return known;
  const stamp = heads.readInt32BE(at + 4);
  const fresh = {
    no,
    stamp: Math.abs(stamp),
    day: heads.readInt32BE(at + 8),
    isHeard: stamp > 0,
    family,
    places: [],
  };
  found.set(no, fresh);
  return fresh;
}

function familyIn(lexeme: Lexeme): Family {
  return FAMILIES.find((family) => lexeme.startsWith(`${family}/`)) ?? 'other';
}
