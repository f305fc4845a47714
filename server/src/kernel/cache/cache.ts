import type { Executor } from '../db/db.ts';
import type { Hints } from '../events/hints.ts';
import { HINTS_LOST, HINTS_RESUMED } from '../events/notify-hints.ts';
import type { Logger } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { CacheStore } from './cache-store.ts';

/** A reply that may be given again. Whoever may read it has to be part of `key`: what differs by right differs there. */
export interface CachedText {
  /** For metrics, and apart from others' keys: `debats`, `streaming`, `search`. */
  kind: string;
  organisationId: string;
  key: string;
  /** 0 keeps nothing. */
  ttlSeconds: number;
}

/** Texts that are expensive to make, kept for a while; an organisation's change ends everything kept of it. */
export interface Cache {
  /** What is kept, or what `load` makes of it: once for all who ask meanwhile in this process. Failures are not kept. */
  text(entry: CachedText, load: () => Promise<string>): Promise<string>;
  /** Tells every process at the commit that what readers see of the organisation has changed. */
  changed(q: Executor, organisationId: string): Promise<void>;
  close(): void;
}

/** What the cache works with. */
export interface CacheOptions {
  store: CacheStore;
  hints: Hints;
  log: Logger;
  metrics: Metrics;
  /** For tests; 0 to 1. */
  random?: () => number;
}

const CHANGED_CHANNEL = 'cache.changed';
/** A store that failed is not asked again for so long: a reader waits for it once. */
const PAUSE_MS = 5_000;
/** Of the time to live: entries made together should not all end together. */
const SPREAD = 0.1;

/** Opens the cache of this process over a store. */
export function createCache({ store, hints, log, metrics, random = Math.random }: CacheOptions): Cache {
  const loading = new Map<string, Promise<string>>();
  let pausedUntilMs = 0;
  // What changed before this process listened, or while it could not, it does not know of.
  let owesAll = true;
  let isDeaf = false;

  async function forget(organisationId: string | null): Promise<void> {
    try {
      if (organisationId === null || owesAll) await store.forgetAll();
      else await store.forget(organisationId);
      owesAll = false;
    } catch (error) {
      owesAll = true;
      pause(error);
    }
  }

  function pause(error: unknown): void {
    if (Date.now() >= pausedUntilMs) log.warn({ err: error }, 'the cache is away; everything is read anew');
    pausedUntilMs = Date.now() + PAUSE_MS;
  }

  async function isUsable(): Promise<boolean> {
    if (isDeaf || Date.now() < pausedUntilMs) return false;
    if (owesAll) await forget(null);
    return !owesAll;
  }

  async function find(organisationId: string, key: string) {
    if (!(await isUsable())) return null;
    try {
      return await store.get(organisationId, key);
    } catch (error) {
      pause(error);
      return null;
    }
  }

  function once(flight: string, load: () => Promise<string>): { text: Promise<string>; isFirst: boolean } {
    const underWay = loading.get(flight);
    if (underWay) return { text: underWay, isFirst: false };
    const text = load().finally(() => loading.delete(flight));
    loading.set(flight, text);
    return { text, isFirst: true };
  }

  const ends = [
    hints.on(CHANGED_CHANNEL, (data) => {
      if (typeof data === 'string') void forget(data);
    }),
    hints.on(HINTS_LOST, () => {
      isDeaf = true;
      owesAll = true;
    }),
    hints.on(HINTS_RESUMED, () => {
      isDeaf = false;
      void forget(null);
    }),
  ];

  return {
    text: async ({ kind, organisationId, key, ttlSeconds }, load) => {
      const count = (outcome: 'hit' | 'miss' | 'shared' | 'off') =>
        metrics.cacheRequests.inc({ kind, outcome });
      const fullKey = `${kind} ${organisationId} ${key}`;
      const found = ttlSeconds <= 0 ? null : await find(organisationId, fullKey);
      if (found === null) {
        count('off');
        return load();
      }
      if (found.value !== null) {
        count('hit');
        return found.value;
      }
      // The generation is part of it: who asks after a change never waits for what was read before.
      const { text, isFirst } = once(`${found.generation} ${fullKey}`, load);
      count(isFirst ? 'miss' : 'shared');
      const value = await text;
      if (isFirst) {
        const ttlMs = ttlSeconds * 1000 * (1 - SPREAD * random());
        await store.set(organisationId, fullKey, { generation: found.generation, value, ttlMs }).catch(pause);
      }
      return value;
    },
    changed: (q, organisationId) => hints.publish(q, CHANGED_CHANNEL, organisationId),
    close: () => {
      for (const end of ends) end();
    },
  };
}
