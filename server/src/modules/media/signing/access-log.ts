import type { Clock } from '../../../kernel/clock.ts';
import type { Db } from '../../../kernel/db/db.ts';
import type { Logger } from '../../../kernel/log/log.ts';
import type { AccountsDoor } from '../../accounts/public.ts';

/** Repetitions within such a span become one entry. */
const SPAN_MS = 600_000;
/** Different events of one kind and organisation within a span; what is over it is only counted. */
const MOST_EACH = 100;

/** A signed address that opened something, or that was refused. */
export interface SignedAccess {
  organisationId: string;
  action: 'media.signed-address-opened' | 'media.signed-address-refused';
  recordingId: string | null;
  origin: { ip: string; userAgent: string | null };
  personId: string | null;
  /** Short facts: the key's name, whom it was given to, why it was refused. */
  details: Record<string, string>;
}

/** Writes accesses to the audit trail, in a number that no stranger can drive up. */
export interface AccessLog {
  note(access: SignedAccess): void;
  /** Writes what was only counted so far. */
  stop(): Promise<void>;
}

interface Parts {
  db: Db;
  clock: Clock;
  log: Logger;
  accounts: Pick<AccountsDoor, 'audit'>;
}

/** The first of its like is written at once, what repeats it when the span ends, with how often. */
export function createAccessLog(parts: Parts): AccessLog {
  const writing = new Set<Promise<void>>();
  let counted = new Map<string, { access: SignedAccess; repeated: number }>();
  let distinct = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  const write = (access: SignedAccess, more: Record<string, number> = {}) => {
    const done = record(parts, access, more).finally(() => writing.delete(done));
    writing.add(done);
  };
  const endSpan = () => {
    timer = undefined;
    const ended = counted;
    counted = new Map();
    distinct = new Map();
    for (const { access, repeated } of ended.values()) if (repeated > 0) write(access, { repeated });
  };
  return {
    note: (access) => {
      timer ??= setTimeout(endSpan, SPAN_MS).unref();
      const kind = `${access.organisationId} ${access.action}`;
      const like = JSON.stringify([
        kind,
        access.recordingId,
        access.origin.ip,
        access.personId,
        access.details,
      ]);
      const known = counted.get(like);
      if (known) {
        known.repeated++;
        return;
      }
      const number = (distinct.get(kind) ?? 0) + 1;
      distinct.set(kind, number);
      if (number <= MOST_EACH) {
        counted.set(like, { access, repeated: 0 });
        write(access);
        return;
      }
      const others = { ...access, recordingId: null, personId: null, details: { reason: 'many others' } };
      const rest = counted.get(kind) ?? { access: others, repeated: 0 };
      counted.set(kind, { ...rest, repeated: rest.repeated + 1 });
    },
    stop: async () => {
      clearTimeout(timer);
      endSpan();
      await Promise.all(writing);
    },
  };
}

/** An entry that cannot be written takes nothing from the listener. */
async function record(
  { db, clock, log, accounts }: Parts,
  { organisationId, action, recordingId, origin, personId, details }: SignedAccess,
  more: Record<string, number>,
): Promise<void> {
  const target = recordingId === null ? {} : { target: { kind: 'recording', id: recordingId } };
  const entry = {
    at: new Date(clock.now()),
    action,
    personId,
    origin,
    ...target,
    details: { ...details, ...more },
  };
  await accounts
    .audit(db.kysely, organisationId, entry)
    .catch((error: unknown) => log.warn({ err: error, action }, 'an audit entry could not be written'));
}
