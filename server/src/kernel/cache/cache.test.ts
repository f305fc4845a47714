import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Executor } from '../db/db.ts';
import type { Hints } from '../events/hints.ts';
import { HINTS_LOST, HINTS_RESUMED } from '../events/notify-hints.ts';
import { newId } from '../id.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { freePort } from '../net/free-port.ts';
import { type Cache, createCache } from './cache.ts';
import type { CacheStore } from './cache-store.ts';
import { createMemoryStore } from './memory-store.ts';
import { createRedisStore } from './redis-store.ts';

const log = pino({ level: 'silent' });
const clock = { now: () => Date.now() + offsetMs };
let offsetMs = 0;
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const withoutRedis = hasRedis ? '' : ' [skipped: needs redis-server]';
let server: ChildProcess | undefined;
let redis: Redis;
let port: number;

beforeAll(async () => {
  if (!hasRedis) return;
  port = await freePort();
  server = startRedis();
  redis = new Redis(port, '127.0.0.1', {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    retryStrategy: () => 20,
  });
  redis.on('error', () => {});
  await redis.ping();
});
afterAll(async () => {
  redis?.disconnect();
  server?.kill('SIGKILL');
});

const startRedis = () =>
  spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  });

/** Hints between processes of one installation, told in the same turn. */
function createHints() {
  const listeners = new Map<string, Set<(data: unknown) => void>>();
  const tell = (channel: string, data: unknown) => {
    for (const listener of listeners.get(channel) ?? []) listener(data);
  };
  const hints: Hints = {
    publish: async (_q, channel, data) => tell(channel, data),
    on: (channel, listener) => {
      const set = (listeners.get(channel) ?? new Set()).add(listener);
      listeners.set(channel, set);
      return () => void set.delete(listener);
    },
    close: async () => {},
  };
  return { hints, tell };
}

const q = {} as Executor;
const entry = (key = 'k', organisationId = 'o1', ttlSeconds = 60) => ({
  kind: 'test',
  organisationId,
  key,
  ttlSeconds,
});

const STORES: [string, boolean, () => CacheStore][] = [
  ['memory', true, () => createMemoryStore(clock)],
  [`Redis${withoutRedis}`, hasRedis, () => createRedisStore(redis, newId())],
];

describe.each(STORES)('kept in %s', (_name, isThere, open) => {
  let store: CacheStore;
  let cache: Cache;
  let metrics: Metrics;
  let told: ReturnType<typeof createHints>;
  let loads: number;
  const load = async () => `text ${++loads}`;

  beforeEach(() => {
    if (!isThere) return;
    [offsetMs, loads] = [0, 0];
    store = open();
    told = createHints();
    metrics = createMetrics('test');
    cache = createCache({ store, hints: told.hints, log, metrics, random: () => 0 });
  });

  test.skipIf(!isThere)(
    'a text is made once, however many ask at once, and is the same afterwards',
    async () => {
      const all = await Promise.all(Array.from({ length: 50 }, () => cache.text(entry(), load)));
      expect(new Set(all)).toEqual(new Set(['text 1']));
      expect([await cache.text(entry(), load), loads]).toEqual(['text 1', 1]);
      const shown = await metrics.registry.metrics();
      expect(shown).toMatch(/antenne_cache_requests_total\{kind="test",outcome="miss",role="test"\} 1\n/);
      expect(shown).toMatch(/antenne_cache_hit_ratio\{kind="test",role="test"\} 0\.98/);
    },
  );

  test.skipIf(!isThere)('kinds, organisations and keys are kept apart', async () => {
    await cache.text(entry(), load);
    for (const other of [entry('K'), entry('k', 'o2'), { ...entry(), kind: 'another' }, entry('é\n\0 ☂')]) {
      const before = loads;
      expect(await cache.text(other, load)).toBe(`text ${before + 1}`);
      expect(await cache.text(other, load)).toBe(`text ${before + 1}`);
    }
  });

  test.skipIf(!isThere)(
    'what changed is made anew, in every process, and other organisations stay',
    async () => {
      const second = createCache({
        store: _name === 'memory' ? createMemoryStore(clock) : store,
        hints: told.hints,
        log,
        metrics,
      });
      for (const each of [cache, second]) for (const o of ['o1', 'o2']) await each.text(entry('k', o), load);
      await cache.changed(q, 'o1');
      await vi.waitFor(async () => expect(await second.text(entry(), async () => 'new')).toBe('new'));
      await vi.waitFor(async () => expect(await cache.text(entry(), async () => 'new')).toBe('new'));
      for (const each of [cache, second])
        expect(await each.text(entry('k', 'o2'), async () => 'new')).not.toBe('new');
      second.close();
    },
  );

  test.skipIf(!isThere)(
    'what was read before a change is neither kept after it nor given to who asks after it',
    async () => {
      let end: ((text: string) => void) | undefined;
      const slow = cache.text(entry(), () => new Promise<string>((resolve) => (end = resolve)));
      await vi.waitFor(() => expect(end).toBeDefined());
      told.tell('cache.changed', { organisationId: 'o1', token: 'x' });
      await vi.waitFor(async () => expect((await store.get('o1', 'test o1 k')).value).toBeNull());
      const after = cache.text(entry(), async () => 'new');
      end?.('old');
      expect([await slow, await after, await cache.text(entry(), load)]).toEqual(['old', 'new', 'new']);
    },
  );

  test.skipIf(!isThere)('who makes a change reads past what is kept until it has been told', async () => {
    await cache.text(entry(), load);
    const { hints } = told;
    const uncommitted = createCache({ store, hints: { ...hints, publish: async () => {} }, log, metrics });
    await uncommitted.text(entry(), load);
    await uncommitted.changed(q, 'o1');
    expect(await uncommitted.text(entry(), async () => 'mine')).toBe('mine');
    uncommitted.close();
  });

  test.skipIf(!isThere)(
    'failures and what is not worth it are not kept, nor anything for no time',
    async () => {
      const failing = () => cache.text(entry(), () => Promise.reject(new Error('not now')));
      await expect(Promise.all([failing(), failing()])).rejects.toThrow('not now');
      expect(await cache.text(entry(), load)).toBe('text 1');
      const not = { ...entry('n'), keepIf: () => false };
      expect([await cache.text(not, load), await cache.text(not, load)]).toEqual(['text 2', 'text 3']);
      const none = entry('z', 'o1', 0);
      expect([await cache.text(none, load), await cache.text(none, load)]).toEqual(['text 4', 'text 5']);
    },
  );

  test.skipIf(!isThere)(
    'while no hint can be heard nothing is kept, and afterwards nothing of before',
    async () => {
      await cache.text(entry(), load);
      told.tell(HINTS_LOST, null);
      expect([await cache.text(entry(), load), await cache.text(entry(), load)]).toEqual([
        'text 2',
        'text 3',
      ]);
      told.tell(HINTS_RESUMED, null);
      await vi.waitFor(async () => {
        await cache.text(entry(), load);
        const before = loads;
        await cache.text(entry(), load);
        expect(loads).toBe(before);
      });
      expect(loads).toBeGreaterThan(3);
    },
  );
});

describe('memory', () => {
  test('is bounded, and keeps what is used; texts end in time', async () => {
    offsetMs = 0;
    let held: [number, number] = [0, 0];
    const store = createMemoryStore(clock, { mostBytes: 100_000, onHeld: (...now) => (held = now) });
    const put = (key: string, length: number, ttlMs = 60_000) =>
      store.set('o', key, { generation: '0.0', value: 'x'.repeat(length), ttlMs });
    await put('used', 1_000);
    for (let n = 0; n < 100; n++) {
      await put(`k${n}`, 1_000);
      await store.get('o', 'used');
    }
    expect(held[1]).toBeLessThanOrEqual(100_000);
    expect((await store.get('o', 'used')).value).not.toBeNull();
    expect((await store.get('o', 'k0')).value).toBeNull();
    await put('heavy', 10_000);
    expect((await store.get('o', 'heavy')).value).toBeNull();
    await put('short', 10, 1_000);
    offsetMs = 1_001;
    expect((await store.get('o', 'short')).value).toBeNull();
  });
});

describe.skipIf(!hasRedis)(`Redis${withoutRedis}`, () => {
  test('ends texts in time, and keeps installations apart', async () => {
    const [ours, theirs] = [createRedisStore(redis, newId()), createRedisStore(redis, newId())];
    const { generation } = await ours.get('o', 'k');
    await ours.set('o', 'k', { generation, value: 'ours', ttlMs: 50 });
    expect([(await ours.get('o', 'k')).value, (await theirs.get('o', 'k')).value]).toEqual(['ours', null]);
    await vi.waitFor(async () => expect((await ours.get('o', 'k')).value).toBeNull());
  });

  test('that goes away takes nothing along, and brings nothing old back', async () => {
    const told = createHints();
    const client = new Redis(port, '127.0.0.1', {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: 200,
      retryStrategy: () => 20,
    });
    client.on('error', () => {});
    await once(client, 'ready');
    const namespace = newId();
    const cache = createCache({
      store: createRedisStore(client, namespace),
      hints: told.hints,
      log,
      metrics: createMetrics('test'),
      pauseMs: 10,
    });
    const read = (text: string) => cache.text(entry(), async () => text);
    expect([await read('one'), await read('two')]).toEqual(['one', 'one']);
    // Stopped, not ended: it comes back with all that it kept.
    server?.kill('SIGSTOP');
    expect(await read('three')).toBe('three');
    await cache.changed(q, 'o1');
    expect(await read('four')).toBe('four');
    server?.kill('SIGCONT');
    await vi.waitFor(async () => {
      await read('five');
      expect(await read('six')).toBe('five');
    }, 10_000);
    client.disconnect();
    cache.close();
  });
});
