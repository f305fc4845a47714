import type { Db } from '../../kernel/db/db.ts';
import type { Filters } from './filters.ts';
import type { Lexeme } from './lexemes.ts';

type Read = Db['read'];

/** Which of its states the organisation's index is in: the same number, the same words. */
export async function readGeneration(read: Read, organisationId: string): Promise<number> {
  const [row] = await read<{ generation: number }>(
    'search-generation',
    'select generation from search_generations where organisation_id = $1',
    [organisationId],
  );
  return row?.generation ?? 0;
}

/** Where some words stand, whatever the document: a head for each stretch of bytes. */
export interface Postings {
  heads: Buffer;
  places: Buffer;
}

/** Of {@link Postings}: the document, then which word (from 1) and the length of its places, 16 bits each. */
export const HEAD_BYTES = 8;

/** Bytes as the driver takes them fastest: twice as fast as its own way, which is hexadecimal. */
const sent = (bytes: string): string => `encode(string_agg(${bytes}, ''::bytea), 'base64')`;
const received = (text: string | null | undefined): Buffer => Buffer.from(text ?? '', 'base64');

const HEADS = `int4send(document_no) || int4send(array_position($2::text[], lexeme) * 65536 + octet_length(places))`;

/** Where these words stand, in documents dated `since` (days since 1970) or later. */
export async function readPostings(
  read: Read,
  organisationId: string,
  lexemes: readonly Lexeme[],
  since: number | null,
): Promise<Postings> {
  const [row] = await read<{ heads: string | null; places: string | null }>(
    'search-postings',
    `select ${sent(HEADS)} as heads, ${sent('places')} as places
    from search_words
    where organisation_id = $1 and lexeme = any($2::text[]) and day >= $3::int`,
    [organisationId, lexemes, since ?? BEFORE_ALL_DAYS],
  );
  return { heads: received(row?.heads), places: received(row?.places) };
}

/** Of the documents: number, stamp (negative: only its title may be read), day. */
export const DOCUMENT_BYTES = 12;
const BEFORE_ALL_DAYS = -2_147_483_648;

// Not joined with the words: a join would be planned before it is known how many rows a word has, and be a thousand
// times too slow for some.
const DOCUMENT = `int4send(no)
  || int4send(case when sound_visibility = 'public' or $3 then stamp else -stamp end)
  || int4send(day)`;
const DOCUMENTS = `
  select ${sent(DOCUMENT)} as documents
  from search_documents
  where organisation_id = $1
    and (visibility = 'public' or case when debat_id is null then $3 else $2 end)
    and ($4::text is null or commission_key = $4)
    and ($5::text is null or position($5 in people_key) > 0)
    and ($6::text is null or type = $6)
    and ($7::date is null or date >= $7)
    and ($8::date is null or date <= $8)`;

/** The documents that the reader may see and the filters let through; with `nos`, only those of them. */
export async function readPassing(
  read: Read,
  organisationId: string,
  filters: Filters,
  nos: readonly number[] | null,
): Promise<Buffer> {
  const values = [
    organisationId,
    filters.seesDebats,
    filters.seesRecordings,
    filters.commission,
    filters.depute,
    filters.type,
    filters.dateStart,
    filters.dateEnd,
  ];
  const [row] =
    nos === null
      ? await read<Passing>('search-passing', DOCUMENTS, values)
      : await read<Passing>('search-some-passing', `${DOCUMENTS} and no = any($9::int[])`, [...values, nos]);
  return received(row?.documents);
}

interface Passing {
  documents: string | null;
}

/** What the index calls words that begin so, those of most documents first. */
export async function readCompletions(
  read: Read,
  organisationId: string,
  beginning: string,
  atMost: number,
): Promise<Lexeme[]> {
  const rows = await read<{ lexeme: Lexeme }>(
    'search-completions',
    `select lexeme from search_vocabulary
    where organisation_id = $1 and word >= $2 and word < $3
    group by lexeme order by max(documents) desc, min(length(word)), lexeme limit $4`,
    [organisationId, beginning, `${beginning}\u{10ffff}`, atMost],
  );
  return rows.map(({ lexeme }) => lexeme);
}

/**
 * How much there is to search, and the day (since 1970) before which the documents lie that come after the newest
 * so many segments; null when all are fewer.
 */
export async function readExtent(
  read: Read,
  organisationId: string,
  newestSegments: number,
): Promise<{ segments: number; since: number | null }> {
  const [row] = await read<{ segments: number; since: number | null }>(
    'search-extent',
    `select coalesce(max(sum), 0) as segments, max(day) filter (where sum > $2) + 1 as since
    from (
      select day, sum(segment_count + 1) over (order by day desc, no desc) as sum
      from search_documents where organisation_id = $1
    ) as counted`,
    [organisationId, newestSegments],
  );
  return { segments: Number(row?.segments ?? 0), since: row?.since ?? null };
}

/** What facets count of a document. */
export interface Attributes {
  no: number;
  stamp: number;
  commission: string | null;
  type: string | null;
  year: string;
  people: string[];
}

export function readAttributes(
  read: Read,
  organisationId: string,
  nos: readonly number[],
): Promise<Attributes[]> {
  return read<Attributes>(
    'search-attributes',
    `select no, stamp, commission, type, to_char(date, 'YYYY') as year, people from search_documents
    where organisation_id = $1 and no = any($2::int[])`,
    [organisationId, nos],
  );
}
