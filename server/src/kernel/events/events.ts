import type { Static, TSchema } from 'typebox';
import type { Executor } from '../db/db.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { EventDefinition, Subscription } from './event.ts';

/** Durable events: one queue row per subscription, written in the caller's transaction. */
export interface Events {
  emit<S extends TSchema>(q: Executor, event: EventDefinition<S>, payload: Static<S>): Promise<void>;
}

/** `subscriptions` is read at each emit, so that modules may be wired after it is made. */
export function createEvents(jobs: Jobs, subscriptions: readonly Subscription[]): Events {
  return {
    emit: async (q, event, payload) => {
      for (const subscription of subscriptions) {
        if (subscription.event === event.name) await jobs.enqueue(q, subscription.job, payload);
      }
    },
  };
}
