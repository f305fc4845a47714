import type { Actor } from '../../kernel/auth/actor.ts';
import { readGeneration } from './postings-repo.ts';
import { runSearch } from './run-search.ts';
import type { SearchQuery } from './schemas.ts';
import type { Search } from './search.ts';

/**
 * A search's reply as the text of its JSON. For those who have not signed in it is kept: they all see the same. It
 * belongs to one generation of the index, and ends with every change of what may be seen.
 */
export async function searchText(search: Search, actor: Actor, asked: SearchQuery): Promise<string> {
  const startedAt = performance.now();
  const ttlSeconds = search.config.cacheTtl.searchSeconds;
  if (actor.personId !== null || ttlSeconds === 0)
    return JSON.stringify(await runSearch(search, actor, asked));
  const { organisationId } = actor;
  const generation = await readGeneration(search.db.read, organisationId);
  const key = `${generation} ${JSON.stringify(Object.entries(asked).sort())}`;
  const text = await search.cache.text({ kind: 'search', organisationId, key, ttlSeconds }, async () => {
    const { took_ms: _, ...rest } = await runSearch(search, actor, asked);
    return JSON.stringify(rest);
  });
  const tookMs = Math.round((performance.now() - startedAt) * 10) / 10;
  return `${text.slice(0, -1)},"took_ms":${tookMs}}`;
}
