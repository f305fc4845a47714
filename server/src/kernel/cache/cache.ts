import Type from 'typebox';
import { Check } from 'typebox/value';
import type { Executor } from '../db/db.ts';
import type { Hints } from '../events/hints.ts';
import { HINTS_LOST, HINTS_RESUMED } from '../events/notify-hints.ts';
import { newId } from '../id.ts';
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
  /** Which texts are kept; absent: all. */
  keepIf?: (text: string) => boolean;
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
  pauseMs?: number;
}

const CHANGED_CHANNEL = 'cache.changed';
/** A store that failed is not asked again for so long: a reader waits for it once. */
const PAUSE_MS = 5_000;
/** Of the time to live: entries made together should not all end together. */
const SPREAD = 0.1;
/** Longer than any transaction of ours; meanwhile this process reads that organisation anew. */
const EXPECTED_MS = 10_000;
const Changed = Type.Object({ organisationId: Type.String(), token: Type.String() });

/** Opens the cache of this process over a store. */
export function createCache({
  store,
  hints,
  log,
  metrics,
  random = Math.random,
  pauseMs = PAUSE_MS,
}: CacheOptions): Cache {
  const loading = new Map<string, Promise<string>>();
  const expected = new Map<string, Set<string>>();
  let pausedUntilMs = 0;
  // What changed before this process listened, or while it could not, it does not know of.
  let owesAll = true;
  let catchingUp: Promise<void> | undefined;
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
    pausedUntilMs = Date.now() + pauseMs;
  }

  /** Of changes that this process makes: until it hears of them again they are not committed, or just so. */
  function expect(organisationId: string, token: string): void {
    const tokens = (expected.get(organisationId) ?? new Set()).add(token);
    expected.set(organisationId, tokens);
    // One that was rolled back is never heard of.
    setTimeout(() => heard(organisationId, token), EXPECTED_MS).unref();
  }

  function heard(organisationId: string, token: string): void {
    const tokens = expected.get(organisationId);
    if (tokens?.delete(token) && tokens.size === 0) expected.delete(organisationId);
  }

  async function isUsable(organisationId: string): Promise<boolean> {
    if (isDeaf || expected.has(organisationId) || Date.now() < pausedUntilMs) return false;
    if (!owesAll) return true;
    // Once for all who ask meanwhile: each would end what the others have begun to keep.
    catchingUp ??= forget(null).finally(() => {
      catchingUp = undefined;
    });
    await catchingUp;
    return !owesAll;
  }

  async function find(organisationId: string, key: string) {
    if (!(await isUsable(organisationId))) return null;
    try {
      return await store.get(organisationId, key);
    } catch (error) {
      pause(error);
      return null;
    }
  }

  /** Loads and keeps, once for all who ask meanwhile; the flight ends when the store has it, so that none slips between. */
  function once(flight: string, load: () => Promise<string>, keep: (value: string) => Promise<void>) {
    const underWay = loading.get(flight);
    if (underWay) return { text: underWay, isFirst: false };
    const text = load();
    loading.set(flight, text);
    void text
      .then(keep)
      .catch(() => {})
      .finally(() => loading.delete(flight));
    return { text, isFirst: true };
  }

  const ends = [
    hints.on(CHANGED_CHANNEL, (data) => {
      if (!Check(Changed, data)) return;
      const { organisationId, token } = data;
      void forget(organisationId).finally(() => heard(organisationId, token));
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
    text: async ({ kind, organisationId, key, ttlSeconds, keepIf = () => true }, load) => {
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
      const { generation } = found;
      const keep = async (value: string) => {
        if (!keepIf(value)) return;
        const ttlMs = ttlSeconds * 1000 * (1 - SPREAD * random());
        await store.set(organisationId, fullKey, { generation, value, ttlMs }).catch(pause);
      };
      // The generation is part of it: who asks after a change never waits for what was read before.
      const { text, isFirst } = once(`${generation} ${fullKey}`, load, keep);
      count(isFirst ? 'miss' : 'shared');
      return text;
    },
    changed: async (q, organisationId) => {
      const token = newId();
      // Before the commit: whoever is answered after it must not be given what was kept before it.
      expect(organisationId, token);
      await hints.publish(q, CHANGED_CHANNEL, { organisationId, token });
    },
    close: () => {
      for (const end of ends) end();
    },
  };
}
