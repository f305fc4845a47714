import type { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import type { Logger } from '../log/log.ts';

/** Redis when REDIS_URL names one: limits and cache shared between processes; nothing depends on its being there. */
export interface RedisLink {
  client: Redis | null;
  state: () => Promise<'disabled' | 'healthy' | 'unhealthy'>;
  close: () => Promise<void>;
}

/** Where there is none, or a role has no use for it. */
export const NO_REDIS: RedisLink = { client: null, state: async () => 'disabled', close: async () => {} };
const COMMAND_TIMEOUT_MS = 500;

/** Connects lazily and keeps trying; commands fail at once while it is away, so that requests go on. */
export async function openRedis(config: Config, log: Logger): Promise<RedisLink> {
  if (config.redisUrl === null) return NO_REDIS;
  const { Redis: Client } = await import('ioredis');
  const client = new Client(config.redisUrl, {
    ...(config.redisPassword === null ? {} : { password: config.redisPassword }),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: 2_000,
    retryStrategy: (times) => Math.min(times * 200, 5_000),
  });
  let wasAway = false;
  client.on('error', (error) => {
    if (!wasAway)
      log.warn(
        { err: error },
        'redis does not answer; nothing is cached, and limits are counted per process meanwhile',
      );
    wasAway = true;
  });
  client.on('ready', () => {
    wasAway = false;
  });
  return {
    client,
    state: async () => {
      try {
        return (await client.ping()) === 'PONG' ? 'healthy' : 'unhealthy';
      } catch {
        return 'unhealthy';
      }
    },
    close: async () => client.disconnect(),
  };
}
