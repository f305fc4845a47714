import type { Cache } from '../../kernel/cache/cache.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Config } from '../../kernel/config/config.ts';
import type { Db } from '../../kernel/db/db.ts';
import type { Events } from '../../kernel/events/events.ts';
import type { Hints } from '../../kernel/events/hints.ts';
import type { Logger } from '../../kernel/log/log.ts';
import type { MediaDoor } from '../media/public.ts';
import { dayOf } from './debat.ts';
import type { DebatReaders } from './read-debat.ts';
import type { Totals } from './totals.ts';
import type { Visits } from './visits.ts';

/** What the use-cases of this module work with; made once, by `archive.module.ts`. */
export interface Archive {
  config: Config;
  db: Db;
  clock: Clock;
  events: Events;
  hints: Hints;
  cache: Cache;
  log: Logger;
  media: MediaDoor;
  readDebat: DebatReaders;
  totals: Totals;
  visits: Visits;
  /** Whether new débats are public unless said otherwise. */
  isArchivePublic: (organisationId: string) => Promise<boolean>;
}

/** The instant to write into rows. */
export function now(archive: Pick<Archive, 'clock'>): Date {
  return new Date(archive.clock.now());
}

/** Today in the installation's zone, YYYY-MM-DD. */
export function today(archive: Pick<Archive, 'clock' | 'config'>): string {
  return dayOf(archive.clock.now(), archive.config.timeZone);
}
