import type { Static, TSchema } from 'typebox';

/** A kind of background work, declared apart from its handler so that whoever enqueues needs no handler code. */
export interface JobDefinition<S extends TSchema = TSchema> {
  /** Literal and stable: rows in the queue carry it. `module.verb-noun`. */
  name: string;
  payload: S;
  /** How often a failed run is tried again. */
  retryLimit: number;
  /** Before the first try again; it grows with each, unless `retryBackoff` is false. */
  retryDelaySeconds: number;
  retryBackoff: boolean;
  /** A run longer than this is given to another worker. */
  expireSeconds: number;
  /** How many of this kind one worker process runs at once. */
  concurrency: number;
  /**
   * How many of this kind all worker processes together take; undefined for any number. The queue may give out one
   * too many when two workers ask at the same moment: work that must not overlap counts once more by itself.
   */
  totalConcurrency?: number;
}

/** One run of a job, as its work sees it. */
export interface JobRun {
  jobId: string;
  /** 1 for the first run. */
  attempt: number;
  isLastAttempt: boolean;
  /** Aborts when the worker shuts down or the job is cancelled; the job then goes back or ends. */
  signal: AbortSignal;
}

/** What a job does; it may run twice, so it looks at the present state first. Throws to be tried again. */
export type JobWork<T> = (payload: T, run: JobRun) => Promise<void>;

/** A definition with the lazily imported code that does it: `load` runs in workers only. */
export interface JobHandler {
  job: JobDefinition;
  run: (payload: unknown, run: JobRun) => Promise<void>;
}

/** Declares a job with the defaults of a short, retryable piece of work. */
export function defineJob<S extends TSchema>(
  definition: Pick<JobDefinition<S>, 'name' | 'payload'> & Partial<JobDefinition<S>>,
): JobDefinition<S> {
  return {
    retryLimit: 3,
    retryDelaySeconds: 5,
    retryBackoff: true,
    expireSeconds: 900,
    concurrency: 2,
    ...definition,
  };
}

/** Binds a definition to its work; the work's module is imported at the first run. */
export function handle<S extends TSchema>(
  job: JobDefinition<S>,
  load: () => Promise<JobWork<Static<S>>>,
): JobHandler {
  let loaded: Promise<JobWork<Static<S>>> | undefined;
  return {
    job,
    run: async (payload, run) => {
      loaded ??= load();
      // The queue validates the payload against `job.payload` before this is called.
      await (await loaded)(payload as Static<S>, run);
    },
  };
}

/** 0 is ordinary; higher first. */
export const JOB_PRIORITY = { low: -10, normal: 0, high: 10, urgent: 20 } as const;
/** A name of {@link JOB_PRIORITY}, as rows keep it. */
export type JobPriority = keyof typeof JOB_PRIORITY;
