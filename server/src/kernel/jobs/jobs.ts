import { fromKysely, type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Static, TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import type { Executor } from '../db/db.ts';
import type { Hints } from '../events/hints.ts';
import { newId } from '../id.ts';
import type { Logger } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { JobDefinition, JobHandler } from './job.ts';

/** How one job is to be taken from the queue. */
export interface EnqueueOptions {
  /** Higher first; see JOB_PRIORITY. */
  priority?: number;
  /** While one with this key waits or runs, another is not added (the same id is not returned). */
  singletonKey?: string;
  startAfterSeconds?: number;
}

/** The queue, on the same PostgreSQL as the data: a job and the row it is about commit together or not at all. */
export interface Jobs {
  /** Adds a job in the caller's transaction; returns its id, or null when `singletonKey` held it back. */
  enqueue<S extends TSchema>(
    q: Executor,
    job: JobDefinition<S>,
    payload: Static<S>,
    options?: EnqueueOptions,
  ): Promise<string | null>;
  /**
   * Ends the caller's own run as done and adds its successor, in the caller's transaction: work that knows when it
   * is worth another try says so. Null when another with the key took its place meanwhile.
   */
  again<S extends TSchema>(
    q: Executor,
    job: JobDefinition<S>,
    jobId: string,
    payload: Static<S>,
    options: EnqueueOptions,
  ): Promise<string | null>;
  /** Ends a waiting job, and aborts the signal of a running one wherever it runs. */
  cancel(q: Executor, job: JobDefinition, jobId: string): Promise<void>;
  /** Makes sure that each queue exists with these settings; every role does so before it adds anything. */
  declare(definitions: readonly JobDefinition[]): Promise<void>;
  /** Starts handling in this process (worker role). */
  work(handlers: readonly JobHandler[]): Promise<void>;
  /** Figures of one queue, kept by pg-boss (up to a minute old). */
  counts(): Promise<{ name: string; queued: number; active: number; failed: number }[]>;
  stop(deadlineMs: number): Promise<void>;
}

const SCHEMA = 'pgboss';
const CANCEL_CHANNEL = 'jobs.cancel';
/** A worker that has not said so for this long is dead, and its work goes back (pg-boss's least is 10 s). */
const HEARTBEAT_SECONDS = 12;

/** Where the queue is and what this process does with it. */
export interface JobsOptions {
  url: string;
  hints: Hints;
  log: Logger;
  metrics: Metrics;
  /** Only workers look after the queue (expiry, retries); other roles just add to it. */
  supervise: boolean;
}

async function declareQueue(boss: PgBoss, job: JobDefinition): Promise<void> {
  const settings = {
    retryLimit: job.retryLimit,
    retryDelay: job.retryDelaySeconds,
    retryBackoff: job.retryBackoff,
    ...(job.retryBackoff ? { retryDelayMax: 600 } : {}),
    expireInSeconds: job.expireSeconds,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    retentionSeconds: 14 * 86_400,
    deleteAfterSeconds: 3 * 86_400,
    notify: true,
    // One waiting or running job per key; those without a key get one of their own.
    policy: 'exclusive',
  };
  const { policy, ...changeable } = settings;
  if (await boss.getQueue(job.name)) await boss.updateQueue(job.name, changeable);
  else await boss.createQueue(job.name, { policy, ...changeable });
}

/** Opens the queue for this process. */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const { log, metrics, hints } = options;
  const boss = new PgBoss({
    connectionString: options.url,
    schema: SCHEMA,
    supervise: options.supervise,
    schedule: options.supervise,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    useListenNotify: options.supervise,
    max: options.supervise ? 6 : 2,
  });
  boss.on('error', (error) => log.warn({ err: error }, 'the queue met an error'));
  boss.on('warning', (warning) => log.warn({ warning }, 'the queue warns'));
  await boss.start();
  const running = new Map<string, AbortController>();
  const stopListening = hints.on(CANCEL_CHANNEL, (data) => {
    if (typeof data === 'string') running.get(data)?.abort(new Error('cancelled'));
  });

  const runOne = async (handler: JobHandler, job: JobWithMetadata<object>): Promise<void> => {
    const { job: definition } = handler;
    const cancel = new AbortController();
    running.set(job.id, cancel);
    const endTimer = metrics.jobDuration.startTimer({ job: definition.name });
    let outcome = 'failed';
    try {
      checkPayload(definition, job.data);
      await handler.run(job.data, {
        jobId: job.id,
        attempt: job.retryCount + 1,
        isLastAttempt: job.retryCount >= job.retryLimit,
        signal: AbortSignal.any([cancel.signal, job.signal]),
      });
      outcome = 'completed';
    } catch (error) {
      log.warn(
        { err: error, job: definition.name, jobId: job.id, attempt: job.retryCount + 1 },
        'a job failed',
      );
      throw error;
    } finally {
      running.delete(job.id);
      endTimer({ outcome });
    }
  };

  /** One loop that fetches and runs one job at a time. */
  const startWorker = async (handler: JobHandler): Promise<void> => {
    const { totalConcurrency } = handler.job;
    const options = {
      includeMetadata: true,
      batchSize: 1,
      pollingIntervalSeconds: 2,
      // Retries become due without a NOTIFY, so the backstop stays short.
      notifyPollingIntervalSeconds: 3,
      heartbeatRefreshSeconds: HEARTBEAT_SECONDS / 4,
      ...(totalConcurrency === undefined ? {} : { groupConcurrency: totalConcurrency }),
    } as const;
    const workerId: string = await boss.work(handler.job.name, options, async ([job]) => {
      if (!job) return;
      await runOne(handler, job as JobWithMetadata<object>);
      // Look again at once: a loop that waits out its interval after each job does 20 a minute.
      boss.notifyWorker(workerId);
    });
  };

  const enqueue: Jobs['enqueue'] = async (q, job, payload, enqueueOptions = {}) => {
    checkPayload(job, payload);
    const { priority = 0, singletonKey = newId(), startAfterSeconds } = enqueueOptions;
    // pg-boss takes an option that is there but undefined for a wrong one.
    return await boss.send(job.name, payload as object, {
      db: fromKysely(q),
      priority,
      singletonKey,
      // One group for each queue: that is what `totalConcurrency` counts.
      group: { id: job.name },
      ...(startAfterSeconds === undefined ? {} : { startAfter: startAfterSeconds }),
    });
  };

  return {
    declare: async (definitions) => {
      for (const definition of definitions) await declareQueue(boss, definition);
    },
    enqueue,
    again: async (q, job, jobId, payload, enqueueOptions) => {
      await boss.complete(job.name, jobId, null, { db: fromKysely(q) });
      return enqueue(q, job, payload, enqueueOptions);
    },
    cancel: async (q, job, jobId) => {
      await boss.cancel(job.name, jobId, { db: fromKysely(q) });
      await hints.publish(q, CANCEL_CHANNEL, jobId);
    },
    work: async (handlers) => {
      assertOneHandlerEach(handlers);
      for (const handler of handlers) {
        for (let i = 0; i < handler.job.concurrency; i++) await startWorker(handler);
      }
    },
    counts: async () => {
      const queues = await boss.getQueues();
      return queues
        .filter((queue) => !queue.name.startsWith('__'))
        .map((queue) => ({
          name: queue.name,
          queued: queue.queuedCount,
          active: queue.activeCount,
          failed: queue.failedCount,
        }));
    },
    stop: async (deadlineMs) => {
      stopListening();
      for (const controller of running.values()) controller.abort(new Error('the worker is stopping'));
      await boss.stop({ graceful: true, timeout: Math.max(1000, deadlineMs) });
    },
  };
}

function checkPayload(job: JobDefinition, payload: unknown): void {
  if (Check(job.payload, payload)) return;
  const [first] = Errors(job.payload, payload);
  throw new TypeError(
    `the payload of ${job.name} does not fit: ${first?.instancePath ?? ''} ${first?.message ?? ''}`,
  );
}

/** Start-up fails when two handlers claim the same queue. */
export function assertOneHandlerEach(handlers: readonly JobHandler[]): void {
  const seen = new Set<string>();
  for (const { job } of handlers) {
    if (seen.has(job.name)) throw new Error(`the job ${job.name} has two handlers`);
    seen.add(job.name);
  }
}
