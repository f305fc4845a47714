import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { newId } from '../id.ts';
import type { CacheStore } from './cache-store.ts';

const LARGEST_CHARS = 1_048_576;

/**
 * Keeps texts in Redis, for all processes of the installation. Generations are random, never counted: one that Redis
 * threw out for want of room must not come back as an older one. `namespace` keeps installations apart.
 */
export function createRedisStore(redis: Redis, namespace: string): CacheStore {
  const prefix = `antenne-cache:${namespace}:`;
  const epochKey = `${prefix}epoch`;
  const generationKey = (organisationId: string) => `${prefix}generation:${organisationId}`;
  const entryKey = (key: string) => `${prefix}text:${createHash('sha256').update(key).digest('hex')}`;

  /** Begins a generation where none is; whoever comes first decides. */
  async function begin(key: string): Promise<string> {
    await redis.set(key, newId(), 'NX');
    return (await redis.get(key)) ?? newId();
  }

  return {
    name: 'redis',
    get: async (organisationId, key) => {
      const found = await redis.mget(epochKey, generationKey(organisationId), entryKey(key));
      const [epoch, ofOrganisation, text] = found;
      const generation = `${epoch ?? (await begin(epochKey))}.${ofOrganisation ?? (await begin(generationKey(organisationId)))}`;
      const isOfNow = text?.startsWith(`${generation}\n`) ?? false;
      return { generation, value: text && isOfNow ? text.slice(generation.length + 1) : null };
    },
    set: async (_organisationId, key, { generation, value, ttlMs }) => {
      if (value.length > LARGEST_CHARS) return;
      await redis.set(entryKey(key), `${generation}\n${value}`, 'PX', Math.max(1, Math.round(ttlMs)));
    },
    forget: async (organisationId) => {
      await redis.set(generationKey(organisationId), newId());
    },
    forgetAll: async () => {
      await redis.set(epochKey, newId());
    },
  };
}
