import type { Visibility } from '../media/public.ts';
import type { Lexeme } from './lexemes.ts';
import { familyOf } from './lexemes.ts';
import { encodePlaces, placeOf } from './postings.ts';
import { fold, tokenise } from './tokens.ts';

/** Grows when words are made otherwise from the same text: documents of an earlier one are then made anew. */
const MAKING = 1;

/** What the live tables say about a document now; null members are what a document without débat or sound lacks. */
export interface LiveDocument {
  no: number;
  /** What its words were made of, when they were made last. */
  madeFrom: string | null;
  indexedAt: Date;
  debat: {
    title: string;
    visibility: Visibility;
    date: string;
    type: string;
    commission: string | null;
    people: string[];
  } | null;
  recording: {
    id: string;
    title: string;
    language: string | null;
    visibility: Visibility;
    status: string;
    date: string;
    /** The débat under which its words are found; null when no débat has it. */
    holderId: string | null;
  } | null;
  debatId: string | null;
  transcript: { transcriptionId: string; version: number; language: string; segmentCount: number } | null;
}

/** A segment of a transcript as it is indexed. */
export interface SpokenSegment {
  position: number;
  text: string;
}

/** The columns of a document as it should be now. */
export interface DocumentColumns {
  recordingId: string | null;
  visibility: Visibility;
  soundVisibility: Visibility;
  date: string;
  type: string | null;
  commission: string | null;
  commissionKey: string | null;
  people: string[];
  peopleKey: string;
  title: string;
  language: string;
  transcriptionId: string | null;
  version: number | null;
  segmentCount: number;
  madeFrom: string;
}

/** Whether the live tables still have what this document is about; a recording that a débat has is found there. */
export function isWanted({ debat, debatId, recording }: LiveDocument): boolean {
  if (debatId !== null) return debat !== null;
  return recording !== null && recording.status === 'ready' && recording.holderId === null;
}

/** Whether this is the document that carries the recording's words: each recording has one. */
function carriesWords({ debatId, recording, transcript }: LiveDocument): boolean {
  return transcript !== null && recording !== null && recording.holderId === debatId;
}

/** Names that an engine gives to voices are nobody's. */
const NOBODY = /^(speaker|spk|locuteur|locutrice|voix|voice|s)?[ _-]*\d+$/i;

/** The document as it should be; `speakers` are those whom the transcript names. */
export function columnsOf(
  live: LiveDocument,
  speakers: readonly string[],
  fallback: string,
): DocumentColumns {
  const { debat, recording } = live;
  const transcript = carriesWords(live) ? live.transcript : null;
  const language = transcript?.language ?? recording?.language ?? fallback;
  const title = debat?.title ?? recording?.title ?? '';
  const date = debat?.date ?? recording?.date ?? '1970-01-01';
  const named = speakers.filter((name) => !NOBODY.test(name));
  const people = [...new Set([...(debat?.people ?? []), ...named])];
  return {
    recordingId: recording?.id ?? null,
    visibility: debat?.visibility ?? recording?.visibility ?? 'private',
    soundVisibility: recording?.visibility ?? 'private',
    date,
    type: debat?.type ?? null,
    commission: debat?.commission ?? null,
    commissionKey: debat?.commission == null ? null : fold(debat.commission),
    people,
    peopleKey: people.map(fold).join('\n'),
    title,
    language,
    transcriptionId: transcript?.transcriptionId ?? null,
    version: transcript?.version ?? null,
    segmentCount: transcript?.segmentCount ?? 0,
    madeFrom: [
      MAKING,
      familyOf(language),
      date,
      transcript?.transcriptionId ?? '-',
      transcript?.version ?? 0,
      title,
    ].join(' '),
  };
}

/** The distinct folded words of a title and a transcript, and where each stands. */
export function placesOfWords(title: string, segments: Iterable<SpokenSegment>): Map<string, number[]> {
  const places = new Map<string, number[]>();
  const add = (segment: number, text: string): void => {
    for (const [index, { word }] of tokenise(text).entries()) {
      const known = places.get(word);
      if (known) known.push(placeOf(segment, index));
      else places.set(word, [placeOf(segment, index)]);
    }
  };
  add(0, title);
  for (const { position, text } of segments) add(position + 1, text);
  return places;
}

/** Rows of the index for one document. */
export interface WordRow {
  lexeme: Lexeme;
  part: number;
  places: Buffer;
}

/** Joins the places of words that the index calls alike. */
export function wordRows(
  places: ReadonlyMap<string, number[]>,
  lexemes: ReadonlyMap<string, Lexeme | null>,
): WordRow[] {
  const joined = new Map<Lexeme, number[]>();
  for (const [word, at] of places) {
    const lexeme = lexemes.get(word);
    if (lexeme == null) continue;
    const known = joined.get(lexeme);
    joined.set(lexeme, known ? [...known, ...at] : at);
  }
  return [...joined].flatMap(([lexeme, at]) => {
    // Words past the last one that is told apart share a place; it counts once.
    const ascending = [...new Set(at)].sort((a, b) => a - b);
    return encodePlaces(ascending).map((part, index) => ({ lexeme, part: index, places: part }));
  });
}
