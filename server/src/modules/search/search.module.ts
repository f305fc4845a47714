import type { Kernel } from '../../kernel/kernel.ts';
import type { Module } from '../../kernel/module.ts';
import { createExtents } from './extents.ts';
import { createFacetCounter } from './facets.ts';
import { createKeptIndex } from './kept-index.ts';
import { createLexemes } from './lexemes.ts';
import type { SearchDoor } from './public.ts';
import { rebuild } from './rebuild.ts';
import { readOrganisationsAcrossOrganisations, vacuumAcrossOrganisations } from './rebuild-repo.ts';
import { searchRoutes } from './routes.ts';
import type { Search } from './search.ts';
import { subscriptions } from './subscriptions.ts';
import { createVocabulary } from './vocabulary.ts';

/** Every spoken word and every title: the index, and the search in it. */
export function searchModule(kernel: Kernel): Module & { door: SearchDoor } {
  const { config, db, clock, cache } = kernel;
  const search: Search = {
    config,
    db,
    cache,
    clock,
    log: kernel.log.child({ name: 'search' }),
    lexemes: createLexemes(),
    extents: createExtents(clock),
    index: createKeptIndex(),
    facets: createFacetCounter(),
    vocabulary: createVocabulary(),
  };
  return {
    name: 'search',
    routes: (app) => searchRoutes(app, search),
    subscriptions: subscriptions(search),
    door: {
      organisations: () => readOrganisationsAcrossOrganisations(db.kysely),
      rebuild: (organisationId, onProgress, signal) => rebuild(search, organisationId, onProgress, signal),
      tidy: () => vacuumAcrossOrganisations(db),
    },
  };
}
