import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createCache } from '../kernel/cache/cache.ts';
import type { CacheStore } from '../kernel/cache/cache-store.ts';
import { createMemoryStore } from '../kernel/cache/memory-store.ts';
import { NO_REDIS, openRedis, type RedisLink } from '../kernel/cache/redis.ts';
import { createRedisStore } from '../kernel/cache/redis-store.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import type { Config } from '../kernel/config/config.ts';
import { openDb } from '../kernel/db/db.ts';
import { migrateHistory } from '../kernel/db/migrate.ts';
import type { Subscription } from '../kernel/events/event.ts';
import { createEvents } from '../kernel/events/events.ts';
import { openNotifyHints } from '../kernel/events/notify-hints.ts';
import { createSocketHub } from '../kernel/http/create-socket-hub.ts';
import { openJobs } from '../kernel/jobs/jobs.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type Logger, openLog } from '../kernel/log/log.ts';
import { openMediaTools } from '../kernel/media/open-media-tools.ts';
import type { MediaTools } from '../kernel/media/tools.ts';
import { createMetrics, type Metrics } from '../kernel/metrics/metrics.ts';
import type { Role } from '../kernel/module.ts';
import { PlainError } from '../kernel/plain-error.ts';
import { openStorage } from '../kernel/storage/open-storage.ts';

/** A kernel with the way to end it, in the order that loses nothing. */
export interface OpenKernel {
  kernel: Kernel;
  /** Filled by compose with every module's subscriptions. */
  subscriptions: Subscription[];
  close(deadlineMs: number): Promise<void>;
}

/** What tests bring of their own. */
export interface GivenParts {
  log?: Logger;
  clock?: Clock;
  prepareMedia?: (tools: MediaTools) => MediaTools;
}

/** Opens everything that a role needs; `url` is the database, embedded or not. */
export async function openKernel(
  config: Config,
  role: Role,
  url: string,
  given: GivenParts = {},
): Promise<OpenKernel> {
  const log = given.log ?? openLog({ name: role, ...config.log });
  const clock = given.clock ?? systemClock;
  const metrics = createMetrics(role);
  const db = openDb({
    url,
    poolSize: config.dbPoolSize,
    applicationName: `antenne-${role}`,
    log,
    echo: config.dbEcho,
  });
  await assertMigrated(url, log);
  const hints = await openNotifyHints(url, log);
  const jobs = await openJobs({ url, hints, log, metrics, supervise: role === 'worker' });
  const subscriptions: Subscription[] = [];
  const tools = await openMediaTools(config, log);
  const media = given.prepareMedia?.(tools) ?? tools;
  const sockets = createSocketHub({
    clock,
    log,
    onCount: (connections) => metrics.webSockets.set(connections),
  });
  // Only who answers requests keeps replies; every role tells of changes.
  const redis = role === 'api' ? await openRedis(config, log) : NO_REDIS;
  const cache = createCache({ store: storeOf(redis, config, clock, metrics), hints, log, metrics });
  const kernel: Kernel = {
    config,
    log,
    clock,
    db,
    jobs,
    events: createEvents(jobs, subscriptions, cache),
    hints,
    storage: await openStorage(config),
    media,
    metrics,
    sockets,
    cache,
    redis,
  };
  return {
    kernel,
    subscriptions,
    close: async (deadlineMs) => {
      sockets.close();
      cache.close();
      // A job that ignores its signal must not keep the process: its heartbeat ends with it, and it goes back.
      await Promise.race([jobs.stop(deadlineMs), delay(deadlineMs, undefined, { ref: false })]);
      await media.stop();
      await kernel.storage.close();
      await hints.close();
      await redis.close();
      await db.close();
      log.flush();
    },
  };
}

/** Redis is shared by all processes, and perhaps by other installations: the secret tells ours. */
function storeOf({ client }: RedisLink, config: Config, clock: Clock, metrics: Metrics): CacheStore {
  if (client) {
    const namespace = createHash('sha256').update(config.secretKey).digest('hex').slice(0, 16);
    return createRedisStore(client, namespace);
  }
  return createMemoryStore(clock, {
    onHeld: (entries, bytes) => {
      metrics.cacheEntries.set(entries);
      metrics.cacheBytes.set(bytes);
    },
  });
}

async function assertMigrated(url: string, log: Logger): Promise<void> {
  const waiting = (await migrateHistory(url, log)).filter((migration) => migration.executedAt === null);
  if (waiting.length > 0) {
    throw new PlainError(
      `The database lacks ${waiting.length} migration(s): run ./antenne migrate upgrade first.`,
    );
  }
}
