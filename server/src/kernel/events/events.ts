import Type, { type Static, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { Cache } from '../cache/cache.ts';
import type { Executor } from '../db/db.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { EventDefinition, Subscription } from './event.ts';

const OfOrganisation = Type.Object({ organisationId: Type.String() });

/** Durable events: one queue row per subscription, written in the caller's transaction. */
export interface Events {
  emit<S extends TSchema>(q: Executor, event: EventDefinition<S>, payload: Static<S>): Promise<void>;
}

/**
 * `subscriptions` is read at each emit, so that modules may be wired after it is made. What has happened may be seen,
 * so whatever the cache keeps of its organisation ends with it.
 */
export function createEvents(
  jobs: Jobs,
  subscriptions: readonly Subscription[],
  cache: Pick<Cache, 'changed'>,
): Events {
  return {
    emit: async (q, event, payload) => {
      if (Check(OfOrganisation, payload)) await cache.changed(q, payload.organisationId);
      for (const subscription of subscriptions) {
        if (subscription.event === event.name) await jobs.enqueue(q, subscription.job, payload);
      }
    },
  };
}
