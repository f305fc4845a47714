import type { Db } from '../../kernel/db/db.ts';
import type { Filters } from './filters.ts';
import type { Lexeme } from './lexemes.ts';

type Read = Db['read'];

/** The places of some words in all documents that pass: a head of {@link HEAD_BYTES} for each stretch of bytes. */
export interface Postings {
  heads: Buffer;
  places: Buffer;
}

/** document, stamp (negative: only its title may be read), day, and which word with the length of its places. */
export const HEAD_BYTES = 16;

/** The search reads documents that are public or the reader's, and of those only what passes the filters. */
const PASSES = `(d.visibility = 'public' or case when d.debat_id is null then $4 else $3 end)
  and ($5::text is null or d.commission_key = $5)
  and ($6::text is null or position($6 in d.people_key) > 0)
  and ($7::text is null or d.type = $7)
  and ($8::date is null or d.date >= $8)
  and ($9::date is null or d.date <= $9)`;

const POSTINGS = `
  select
    string_agg(int4send(d.no)
      || int4send(case when d.sound_visibility = 'public' or $4 then d.stamp else -d.stamp end)
      || int4send(d.day)
      || int4send(array_position($2::text[], w.lexeme) * 65536 + octet_length(w.places)), ''::bytea) as heads,
    string_agg(w.places, ''::bytea) as places
  from search_words w
  join search_documents d on d.no = w.document_no
  where w.organisation_id = $1 and d.organisation_id = $1 and w.lexeme = any($2::text[])
    and w.day >= coalesce($10::int, -2147483648) and ${PASSES}`;

/** Where these words stand, in documents dated `since` (days since 1970) or later; the words count from 1. */
export async function readPostings(
  read: Read,
  organisationId: string,
  lexemes: readonly Lexeme[],
  filters: Filters,
  since: number | null,
): Promise<Postings> {
  const [row] = await read<{ heads: Buffer | null; places: Buffer | null }>('search-postings', POSTINGS, [
    organisationId,
    lexemes,
    filters.seesDebats,
    filters.seesRecordings,
    filters.commission,
    filters.depute,
    filters.type,
    filters.dateStart,
    filters.dateEnd,
    since,
  ]);
  return { heads: row?.heads ?? Buffer.alloc(0), places: row?.places ?? Buffer.alloc(0) };
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
