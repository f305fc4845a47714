import Type, { type Static } from 'typebox';
import { PageMembers, pageOf } from '../../kernel/http/schemas.ts';
import { DEBAT_TYPES } from '../archive/public.ts';
import { MOST_VALUES } from './facets.ts';
import { SORTS } from './rank.ts';

/** Results that can be paged to: whoever wants others asks more narrowly. */
export const MOST_RESULTS = 1_000;
const LONGEST_QUERY = 500;

const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });

export const SearchQuery = Type.Object({
  q: Type.Optional(
    Type.String({
      maxLength: LONGEST_QUERY,
      description: 'Words, "phrases", -exclusions, a OR b (a ou b), beginnings*; case and accents ignored',
    }),
  ),
  typing: Type.Optional(
    Type.Boolean({ description: 'The last word is still being typed: it may go on', default: false }),
  ),
  commission: Type.Optional(
    Type.String({ maxLength: 200, description: 'Its name; case and accents ignored' }),
  ),
  depute: Type.Optional(
    Type.String({ maxLength: 200, description: 'Part of the name of someone who speaks there' }),
  ),
  type: Type.Optional(Type.Enum([...DEBAT_TYPES])),
  date_start: Type.Optional(Type.String({ format: 'date', description: 'First day, included' })),
  date_end: Type.Optional(Type.String({ format: 'date', description: 'Last day, included' })),
  sort: Type.Optional(Type.Enum([...SORTS], { default: 'relevance' })),
  page: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MOST_RESULTS,
      default: 1,
      description: `Only the first ${MOST_RESULTS} results can be paged to`,
    }),
  ),
  per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
});
export type SearchQuery = Static<typeof SearchQuery>;

/** The page that is asked for. */
export const pageAsked = pageOf;

export const SearchResultSchema = Type.Object(
  {
    type: Type.Enum(['segment', 'title']),
    debate_id: orNull(Id),
    recording_id: orNull(Id),
    title: Type.String(),
    date: Type.String({ format: 'date' }),
    commission: orNull(Type.String()),
    speaker: orNull(Type.String()),
    start: orNull(Type.Number({ description: 'Second at which the segment begins; null for a title' })),
    end: orNull(Type.Number()),
    at: orNull(
      Type.Number({ description: 'Second at which its first found word is said; null for a title' }),
    ),
    text: Type.String(),
    highlight: Type.String({
      description: 'HTML: the text, or what surrounds the words in a long one, with <mark>',
    }),
    before: orNull(Type.String({ description: 'What was said before it' })),
    after: orNull(Type.String()),
    score: Type.Number({ description: 'Only to be compared within one reply' }),
    url: Type.String({ description: 'The page that plays it at that second' }),
  },
  { $id: 'SearchResult' },
);
export type SearchResult = Static<typeof SearchResultSchema>;

const Facet = (what: string) =>
  Type.Array(Type.Object({ value: Type.String(), count: Type.Integer() }), {
    description: `Results by ${what}, the ${MOST_VALUES} most frequent first`,
  });

export const SearchReply = Type.Object(
  {
    results: Type.Array(Type.Ref('SearchResult')),
    total_is_exact: Type.Boolean({ description: 'False: there are at least so many' }),
    facets: Type.Object({
      commission: Facet('commission'),
      depute: Facet('person'),
      type: Facet('type of débat'),
      year: Facet('year'),
    }),
    covered_since: orNull(
      Type.String({
        format: 'date',
        description: 'Total and facets count from this day on; null: everything',
      }),
    ),
    message: orNull(Type.String({ description: 'A sentence where nothing could be looked for' })),
    took_ms: Type.Number(),
    ...PageMembers,
  },
  { $id: 'SearchReply' },
);
export type SearchReply = Omit<Static<typeof SearchReply>, 'results'> & { results: SearchResult[] };
