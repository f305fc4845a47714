import type { Client } from '@antenne/client';
import type { SearchReply } from './result.ts';
import type { SpokenSearch } from './search-search.ts';

const perPage = 20;

/** Asks where words were said; while one types, the last of them may go on. */
export function findSpoken(
  client: Client,
  search: SpokenSearch,
  isTyping: boolean,
  signal: AbortSignal,
): Promise<SearchReply> {
  const { from: date_start, to: date_end, ...same } = search;
  const query = { ...same, date_start, date_end, per_page: perPage, typing: isTyping || undefined };
  return client.get('/api/search', { query, signal });
}
