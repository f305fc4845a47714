import Type from 'typebox';
import { open } from '../../kernel/auth/access.ts';
import type { App } from '../../kernel/http/app.ts';
import { SearchQuery, SearchReply, SearchResultSchema } from './schemas.ts';
import type { Search } from './search.ts';
import { searchText } from './search-text.ts';

/** The search over titles and every spoken word. */
export function searchRoutes(app: App, search: Search): void {
  app.addSchema(SearchResultSchema);
  app.addSchema(SearchReply);
  app.get(
    '/api/search',
    {
      config: { access: open('finds what is public; the rest with archive.read and media.read') },
      schema: {
        tags: ['search'],
        operationId: 'search',
        summary: 'Every spoken word, and titles',
        description:
          'Words are found in any form and without accents, all of them in one segment or title. Best first: ' +
          'rare words and repetitions count, then the newest; titles come before what was said.',
        querystring: SearchQuery,
        response: { 200: Type.Ref('SearchReply') },
      },
    },
    async (request, reply) =>
      // What is made private is found no more from that moment on: nobody may keep the reply unasked.
      reply
        .header('cache-control', 'private, no-cache')
        .type('application/json; charset=utf-8')
        .send(await searchText(search, request.actor, request.query)),
  );
}
