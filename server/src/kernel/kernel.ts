import type { Cache } from './cache/cache.ts';
import type { RedisLink } from './cache/redis.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config/config.ts';
import type { Db } from './db/db.ts';
import type { Events } from './events/events.ts';
import type { Hints } from './events/hints.ts';
import type { SocketHub } from './http/socket-hub.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Logger } from './log/log.ts';
import type { MediaTools } from './media/tools.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Storage } from './storage/storage.ts';

/** What every module is given; it knows no word of the domain. */
export interface Kernel {
  config: Config;
  log: Logger;
  clock: Clock;
  db: Db;
  jobs: Jobs;
  events: Events;
  hints: Hints;
  storage: Storage;
  media: MediaTools;
  metrics: Metrics;
  sockets: SocketHub;
  cache: Cache;
  redis: RedisLink;
}
