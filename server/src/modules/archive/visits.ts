import { createHmac } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/db.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { dayOf } from './debat.ts';
import { forgetVisitsAcrossOrganisations, recordVisits, type Visit } from './visit-repo.ts';

/** Who came, as far as a request tells. */
export interface Visitor {
  personId: string | null;
  ip: string;
  userAgent: string;
}

/** Counts listeners without slowing them: visits are noted in memory and written together a moment later. */
export interface Visits {
  note(visit: Omit<Visit, 'day' | 'visitor'>, visitor: Visitor): void;
  /** Writes what is noted; called by its own timer and at the end. */
  flush(): Promise<void>;
}

const FLUSH_MS = 2_000;
const DAY_MS = 86_400_000;
const VISITOR_HEX_DIGITS = 32;
/** Beyond this, visits are not counted until the next flush: counters must not fill the memory. */
const MOST_NOTED = 20_000;

/** What visits are counted with. */
export interface VisitsOptions {
  db: Db;
  clock: Clock;
  log: Logger;
  /** Keys the hashes of visitors; never leaves the process. */
  secret: string;
}

/**
 * One visitor counts once a day per débat and kind, so that reloading proves nothing. What is noted and not yet
 * written when a process is killed is lost: two seconds of counts.
 */
export function createVisits({ db, clock, log, secret }: VisitsOptions): Visits {
  let noted = new Map<string, Visit>();
  let timer: NodeJS.Timeout | null = null;
  let sweptOn = '';
  let writing: Promise<void> = Promise.resolve();

  async function write(visits: Visit[]): Promise<void> {
    try {
      await recordVisits(db.kysely, visits);
      const yesterday = dayOf(clock.now() - DAY_MS, null);
      if (sweptOn === yesterday) return;
      sweptOn = yesterday;
      await forgetVisitsAcrossOrganisations(db.kysely, yesterday);
    } catch (error) {
      log.warn({ err: error, visits: visits.length }, 'visits could not be counted');
    }
  }

  function flush(): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = null;
    const visits = [...noted.values()];
    noted = new Map();
    if (visits.length > 0) writing = writing.then(() => write(visits));
    return writing;
  }

  return {
    note: (visit, visitor) => {
      if (noted.size >= MOST_NOTED) return;
      const day = dayOf(clock.now(), null);
      const hash = visitorHash(secret, day, visitor);
      noted.set(`${visit.debatId} ${visit.kind} ${hash}`, { ...visit, day, visitor: hash });
      timer ??= setTimeout(() => void flush(), FLUSH_MS).unref();
    },
    flush,
  };
}

/** The day is part of it, so that one day's hashes say nothing about the next. */
function visitorHash(secret: string, day: string, { personId, ip, userAgent }: Visitor): string {
  const who = personId ?? `${ip}\n${userAgent}`;
  return createHmac('sha256', secret)
    .update(`visit\n${day}\n${who}`)
    .digest('hex')
    .slice(0, VISITOR_HEX_DIGITS);
}
