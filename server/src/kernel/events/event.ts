import type { Static, TSchema } from 'typebox';
import type { JobDefinition, JobHandler, JobWork } from '../jobs/job.ts';
import { defineJob, handle } from '../jobs/job.ts';

/** Something that has happened, past tense, said by the module that owns it (`media.recording-ready`). */
export interface EventDefinition<S extends TSchema = TSchema> {
  name: string;
  payload: S;
}

/** One module's wish to be told: each subscription is a queue of its own, so that each retries by itself. */
export interface Subscription {
  event: string;
  job: JobDefinition;
  handler: JobHandler;
}

/** Declares an event; the payload is checked where it is emitted and where it is handled. */
export function defineEvent<S extends TSchema>(name: string, payload: S): EventDefinition<S> {
  return { name, payload };
}

/** Subscribes under a stable queue name, e.g. `subscribe('archive.show-recording-state', recordingReady, …)`. */
export function subscribe<S extends TSchema>(
  queue: string,
  event: EventDefinition<S>,
  load: () => Promise<JobWork<Static<S>>>,
): Subscription {
  const job = defineJob({ name: queue, payload: event.payload, retryLimit: 10, retryDelaySeconds: 2 });
  return { event: event.name, job, handler: handle(job, load) };
}
