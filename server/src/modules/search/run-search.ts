import type { Actor } from '../../kernel/auth/actor.ts';
import type { Db } from '../../kernel/db/db.ts';
import { pageMembers } from '../../kernel/http/schemas.ts';
import { readShown, type ShownHit } from './display-repo.ts';
import { refuseQuery } from './errors.ts';
import { type Filters, filtersOf } from './filters.ts';
import { foundIn } from './found.ts';
import type { IndexView } from './kept-index.ts';
import { complete, hasOnlyStopWords, nameWords, type WordNames } from './name-words.ts';
import { wordsMatched } from './places-of-term.ts';
import { type Plan, planQuery } from './plan.ts';
import { presentHit } from './present.ts';
import { countTerms, parseQuery, type Query } from './query.ts';
import { type Hit, type Ranked, rankDocuments, type Sort, weighByRarity } from './rank.ts';
import { MOST_RESULTS, pageAsked, type SearchQuery, type SearchReply, type SearchResult } from './schemas.ts';
import type { Search } from './search.ts';

const MOST_TERMS = 16;
/** Hits kept beyond the page, for those that turn out to be gone. */
const SPARE = 40;
const STATEMENT_MS = 5_000;
const DAY_MS = 86_400_000;

const NO_WORD = 'Type a word to look for.';
const ONLY_STOP_WORDS = 'These words are too common to be looked for; add another one.';

/** One page of what the actor may find. Everything is read as it stood at one moment. */
export async function runSearch(search: Search, actor: Actor, asked: SearchQuery): Promise<SearchReply> {
  const startedAt = performance.now();
  const { page, perPage } = pageAsked(asked);
  const q = (asked.q ?? '').toWellFormed().replaceAll('\u0000', ' ').trim();
  const query = parseQuery(q, asked.typing);
  checkAsked(asked, page * perPage, query);
  const found =
    query.groups.length === 0
      ? nothing(NO_WORD)
      : await findIn(search, actor.organisationId, {
          query,
          names: await nameWords(search.lexemes, search.db.kysely, query),
          filters: filtersOf(actor, asked),
          sort: asked.sort ?? 'relevance',
          from: (page - 1) * perPage,
          count: perPage,
          q,
        });
  const { total } = found;
  return {
    ...found,
    ...pageMembers(page, perPage, total),
    has_next: page * perPage < Math.min(total, MOST_RESULTS),
    took_ms: Math.round((performance.now() - startedAt) * 10) / 10,
  };
}

type Found = Omit<SearchReply, 'took_ms' | 'page' | 'per_page' | 'has_next' | 'has_prev'>;

interface Wanted {
  query: Query;
  names: WordNames;
  filters: Filters;
  sort: Sort;
  from: number;
  count: number;
  q: string;
}

function checkAsked(asked: SearchQuery, last: number, query: Query): void {
  const { date_start: start, date_end: end } = asked;
  if (start !== undefined && end !== undefined && start > end) {
    throw refuseQuery('date_end', 'must not be before date_start');
  }
  if (last > MOST_RESULTS) {
    throw refuseQuery('page', `must end within the first ${MOST_RESULTS} results: narrow the search instead`);
  }
  if (countTerms(query) > MOST_TERMS)
    throw refuseQuery('q', `must have at most ${MOST_TERMS} words or phrases`);
}

function nothing(message: string | null): Found {
  return {
    results: [],
    total: 0,
    total_is_exact: true,
    facets: { commission: [], depute: [], type: [], year: [] },
    covered_since: null,
    message,
  };
}

function findIn(search: Search, organisationId: string, wanted: Wanted): Promise<Found> {
  return search.db.snapshot(STATEMENT_MS, (read) => find(search, read, organisationId, wanted));
}

async function find(
  search: Search,
  read: Db['read'],
  organisationId: string,
  wanted: Wanted,
): Promise<Found> {
  const names = await complete(wanted.names, read, organisationId, wanted.query);
  const plan = planQuery(wanted.query, names);
  if (plan.programs.size === 0) return nothing(ONLY_STOP_WORDS);
  const index = await search.index.at(read, organisationId);
  const { segments, since, enough } = await search.extents.of(read, organisationId);
  // Rare words are looked for everywhere; frequent ones first in the newest stretch, which then is enough.
  let covered = wanted.sort === 'date_asc' ? null : since;
  let ranked = await rank(index, plan, wanted, segments, covered);
  if (covered !== null && ranked.total < enough) {
    covered = null;
    ranked = await rank(index, plan, wanted, segments, covered);
  }
  const [results, facets] = [
    await show(read, organisationId, plan, wanted, ranked),
    await search.facets.count(read, organisationId, ranked.byDocument),
  ];
  return {
    results,
    total: ranked.total,
    total_is_exact: covered === null && plan.isWhole,
    facets,
    covered_since: covered === null ? null : new Date(covered * DAY_MS).toISOString().slice(0, 10),
    message: ranked.total === 0 && hasOnlyStopWords(wanted.query) ? ONLY_STOP_WORDS : null,
  };
}

async function rank(
  index: IndexView,
  { lexemes, programs }: Plan,
  { filters, sort, from, count }: Wanted,
  segments: number,
  since: number | null,
): Promise<Ranked> {
  const words = await index.places(lexemes, since);
  const documents = foundIn(await index.passing(filters, words), words, lexemes);
  const weigh = weighByRarity(documents, lexemes, segments);
  return rankDocuments(documents, programs, weigh, sort, from + count + SPARE);
}

/** The page's hits as they stand in the live tables; those that are gone from there make room for the next. */
async function show(
  read: Db['read'],
  organisationId: string,
  plan: Plan,
  { filters, from, count, q }: Wanted,
  { hits }: Ranked,
): Promise<SearchResult[]> {
  const results: SearchResult[] = [];
  let next = from;
  while (results.length < count && next < hits.length) {
    const some = hits.slice(next, next + count - results.length);
    next += some.length;
    const places = some.map(({ document, segment }) => ({ no: document.no, segment }));
    for (const shown of await readShown(read, organisationId, places, filters)) {
      const hit = some[Number(shown.n) - 1];
      if (hit) results.push(present(plan, hit, shown, q));
    }
  }
  return results;
}

function present(
  { programs }: Plan,
  { document, segment, score }: Hit,
  shown: ShownHit,
  q: string,
): SearchResult {
  const program = programs.get(document.family);
  return presentHit(shown, program ? wordsMatched(document, program, segment) : new Set(), score, q);
}
