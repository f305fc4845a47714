import type { Cache } from '../../kernel/cache/cache.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Config } from '../../kernel/config/config.ts';
import type { Db } from '../../kernel/db/db.ts';
import type { Logger } from '../../kernel/log/log.ts';
import type { Extents } from './extents.ts';
import type { FacetCounter } from './facets.ts';
import type { KeptIndex } from './kept-index.ts';
import type { Lexemes } from './lexemes.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What the use-cases of this module work with; made once, by `search.module.ts`. */
export interface Search {
  config: Config;
  db: Db;
  cache: Cache;
  clock: Clock;
  log: Logger;
  lexemes: Lexemes;
  extents: Extents;
  index: KeptIndex;
  facets: FacetCounter;
  vocabulary: Vocabulary;
}
