import type { Subscription } from './events/event.ts';
import type { App } from './http/app.ts';
import type { JobHandler } from './jobs/job.ts';

/** What a module brings; `entry/compose.ts` lists them in order. */
export interface Module {
  name: string;
  /** Registers HTTP and WebSocket routes (api role). */
  routes?: (app: App) => void;
  jobs?: JobHandler[];
  subscriptions?: Subscription[];
  /** Work done once when the role starts, after the database is up (e.g. the first administrator). */
  start?: (role: Role) => Promise<void>;
  stop?: () => Promise<void>;
}

/** The long-running processes (HOUSE: api answers, live is on air, worker may crash and be restarted). */
export type Role = 'api' | 'worker' | 'live';
