import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { type Db, openDb, runSql } from '../db/db.ts';
import { defineEvent, type Subscription, subscribe } from '../events/event.ts';
import { createEvents } from '../events/events.ts';
import type { Hints } from '../events/hints.ts';
import { HINTS_RESUMED, openNotifyHints } from '../events/notify-hints.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { defineJob, handle, JOB_PRIORITY, type JobHandler } from './job.ts';
import { assertOneHandlerEach, type Jobs, openJobs } from './jobs.ts';

const log = pino({ level: 'silent' });
let database: TestDatabase;
let db: Db;
let hints: Hints;
let sender: Jobs;
let worker: Jobs;

const Payload = Type.Object({ word: Type.String() });
const open = (supervise: boolean) =>
  openJobs({ url: database.url, hints, log, metrics: createMetrics('test'), supervise });

beforeAll(async () => {
  database = await cloneDatabase();
  db = openDb({ url: database.url, poolSize: 4, applicationName: 'test', log });
  hints = await openNotifyHints(database.url, log);
  sender = await open(false);
  worker = await open(true);
});

afterAll(async () => {
  await sender.stop(1_000);
  await worker.stop(1_000);
  await hints.close();
  await db.close();
  await database.drop();
});

/** Collects what a handler was given and lets a test wait for the n-th. */
function recorder<T>() {
  const seen: T[] = [];
  return {
    seen,
    add: (item: T) => void seen.push(item),
    until: async (count: number) => {
      for (let i = 0; i < 400 && seen.length < count; i++) await delay(25);
      expect(seen.length).toBeGreaterThanOrEqual(count);
    },
  };
}

async function run(...handlers: JobHandler[]): Promise<void> {
  await sender.declare(handlers.map((handler) => handler.job));
  await worker.work(handlers);
}

describe('a job', () => {
  it('runs once its transaction commits, and never when it rolls back', async () => {
    const ran = recorder<string>();
    const job = defineJob({ name: 'test.commit', payload: Payload });
    await run(
      handle(
        job,
        async () =>
          async ({ word }) =>
            ran.add(word),
      ),
    );
    await db
      .transaction(async (tx) => {
        await sender.enqueue(tx, job, { word: 'rolled back' });
        throw new Error('no');
      })
      .catch(() => {});
    await db.transaction(async (tx) => {
      await sender.enqueue(tx, job, { word: 'committed' });
    });
    await ran.until(1);
    await delay(200);
    expect(ran.seen).toEqual(['committed']);
  });

  it('is tried again after a failure, and told which attempt it is', async () => {
    const attempts = recorder<{ attempt: number; isLastAttempt: boolean }>();
    const job = defineJob({ name: 'test.retry', payload: Payload, retryLimit: 1, retryDelaySeconds: 1 });
    await run(
      handle(job, async () => async (_payload, { attempt, isLastAttempt }) => {
        attempts.add({ attempt, isLastAttempt });
        throw new Error('always');
      }),
    );
    await sender.enqueue(db.kysely, job, { word: 'x' });
    await attempts.until(2);
    expect(attempts.seen.slice(0, 2)).toEqual([
      { attempt: 1, isLastAttempt: false },
      { attempt: 2, isLastAttempt: true },
    ]);
  });

  it('that is urgent goes before those that waited longer', async () => {
    const order = recorder<string>();
    const job = defineJob({ name: 'test.priority', payload: Payload, concurrency: 1 });
    await sender.declare([job]);
    await sender.enqueue(db.kysely, job, { word: 'low' }, { priority: JOB_PRIORITY.low });
    await sender.enqueue(db.kysely, job, { word: 'normal' });
    await sender.enqueue(db.kysely, job, { word: 'urgent' }, { priority: JOB_PRIORITY.urgent });
    await run(
      handle(
        job,
        async () =>
          async ({ word }) =>
            order.add(word),
      ),
    );
    await order.until(3);
    expect(order.seen).toEqual(['urgent', 'normal', 'low']);
  });

  it('that runs hears when it is cancelled, and is not tried again', async () => {
    const started = recorder<string>();
    const aborted = recorder<string>();
    const job = defineJob({ name: 'test.cancel', payload: Payload, retryDelaySeconds: 1 });
    await run(
      handle(job, async () => async ({ word }, { signal }) => {
        started.add(word);
        await delay(20_000, undefined, { signal }).catch(() => {
          aborted.add(word);
          throw new Error('stopped');
        });
      }),
    );
    const id = await sender.enqueue(db.kysely, job, { word: 'long' });
    await started.until(1);
    await sender.cancel(db.kysely, job, id ?? '');
    await aborted.until(1);
    await delay(1_500);
    expect(started.seen).toHaveLength(1);
  });

  it('with a key is added once while it waits or runs', async () => {
    const job = defineJob({ name: 'test.key', payload: Payload });
    await sender.declare([job]);
    const first = await sender.enqueue(db.kysely, job, { word: 'a' }, { singletonKey: 'same' });
    const second = await sender.enqueue(db.kysely, job, { word: 'b' }, { singletonKey: 'same' });
    const other = await sender.enqueue(db.kysely, job, { word: 'c' }, { singletonKey: 'other' });
    expect([first !== null, second, other !== null]).toEqual([true, null, true]);
  });

  it('that asks for it runs again later, as a successor with the same key', async () => {
    const runs = recorder<{ jobId: string; at: number }>();
    const job = defineJob({ name: 'test.again', payload: Payload, retryLimit: 0 });
    const key = { singletonKey: 'same' };
    await run(
      handle(job, async () => async (payload, { jobId }) => {
        runs.add({ jobId, at: Date.now() });
        if (runs.seen.length > 1) return;
        const options = { ...key, startAfterSeconds: 1 };
        const next = await db.transaction((tx) => worker.again(tx, job, jobId, payload, options));
        expect(next).not.toBeNull();
        expect(await sender.enqueue(db.kysely, job, payload, key)).toBeNull();
      }),
    );
    await sender.enqueue(db.kysely, job, { word: 'x' }, key);
    await runs.until(2);
    const [first, second] = runs.seen;
    expect(second?.jobId).not.toBe(first?.jobId);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(900);
    await delay(300);
    expect(runs.seen).toHaveLength(2);
    // The successor has ended, and leaves the key free.
    expect(await sender.enqueue(db.kysely, job, { word: 'y' }, key)).not.toBeNull();
  });

  it('follows another without a pause', async () => {
    const ran = recorder<string>();
    const job = defineJob({ name: 'test.backlog', payload: Payload, concurrency: 1 });
    await sender.declare([job]);
    for (let i = 0; i < 40; i++) await sender.enqueue(db.kysely, job, { word: String(i) });
    await run(
      handle(
        job,
        async () =>
          async ({ word }) =>
            ran.add(word),
      ),
    );
    await ran.until(40);
    expect(new Set(ran.seen).size).toBe(40);
  });

  it('refuses a payload that does not fit', async () => {
    const job = defineJob({ name: 'test.shape', payload: Payload });
    await sender.declare([job]);
    const wrong = { word: 12 } as unknown as { word: string };
    await expect(sender.enqueue(db.kysely, job, wrong)).rejects.toThrow(/test.shape/);
  });

  it('has one handler', () => {
    const handler = handle(defineJob({ name: 'test.twice', payload: Payload }), async () => async () => {});
    expect(() => assertOneHandlerEach([handler, handler])).toThrow(/two handlers/);
  });
});

describe('an event', () => {
  it('reaches every subscription, in the transaction of what happened', async () => {
    const happened = defineEvent('test.happened', Payload);
    const first = recorder<string>();
    const second = recorder<string>();
    const subscriptions: Subscription[] = [
      subscribe(
        'test.on-happened-first',
        happened,
        async () =>
          async ({ word }) =>
            first.add(word),
      ),
      subscribe(
        'test.on-happened-second',
        happened,
        async () =>
          async ({ word }) =>
            second.add(word),
      ),
    ];
    await run(...subscriptions.map((subscription) => subscription.handler));
    const events = createEvents(sender, subscriptions, { changed: async () => {} });
    await db.transaction((tx) => events.emit(tx, happened, { word: 'yes' }));
    await first.until(1);
    await second.until(1);
    expect([first.seen, second.seen]).toEqual([['yes'], ['yes']]);
  });
});

describe('a hint', () => {
  it('leaves at the commit, and not at all from a rolled back transaction', async () => {
    const heard = recorder<unknown>();
    const stop = hints.on('test.hint', heard.add);
    await db
      .transaction(async (tx) => {
        await hints.publish(tx, 'test.hint', 'never');
        throw new Error('no');
      })
      .catch(() => {});
    await db.transaction((tx) => hints.publish(tx, 'test.hint', { progress: 12 }));
    await heard.until(1);
    stop();
    await hints.publish(db.kysely, 'test.hint', 'after the end');
    await delay(100);
    expect(heard.seen).toEqual([{ progress: 12 }]);
  });

  it('that is too long is refused at once', async () => {
    await expect(hints.publish(db.kysely, 'test.hint', 'é'.repeat(5_000))).rejects.toThrow(RangeError);
  });

  it('connection that is lost comes back, and says that something may have been missed', async () => {
    const resumed = recorder<unknown>();
    const heard = recorder<unknown>();
    hints.on(HINTS_RESUMED, resumed.add);
    hints.on('test.again', heard.add);
    await runSql(
      db.kysely,
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'antenne-hints' and datname = current_database()",
    );
    await resumed.until(1);
    await hints.publish(db.kysely, 'test.again', 1);
    await heard.until(1);
  });
});
