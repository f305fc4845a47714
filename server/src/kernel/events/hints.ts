import type { Executor } from '../db/db.ts';

/**
 * Short-lived news between processes, over PostgreSQL NOTIFY: progress, revoked sessions, "look again".
 * Nothing may depend on one arriving: what must not be lost is an event (`events.ts`).
 */
export interface Hints {
  /** Tells every process, this one too. Inside a transaction it leaves at the commit. At most ~7 kB of JSON. */
  publish(q: Executor, channel: string, data: unknown): Promise<void>;
  /** Listens; returns the function that ends it. `data` comes from our own processes, yet check its shape. */
  on(channel: string, listener: (data: unknown) => void): () => void;
  close(): Promise<void>;
}
