import { type Accounts, now } from './accounts.ts';
import { lockedOut } from './errors.ts';
import { FORGET_AFTER_MS, type LockOutSubject, lockAfter } from './lock-out.ts';
import {
  countFailureAcrossOrganisations,
  findLockAcrossOrganisations,
  forgetFailuresAcrossOrganisations,
  lockSubjectAcrossOrganisations,
} from './sign-in-failure-repo.ts';

/** What a wrong guess is held against. */
export interface Guessed {
  /** What is being guessed; forgiven by a right guess. Guesses of one follow each other. */
  subject: LockOutSubject;
  /** Who else is held to account: the address. Not forgiven, or owning one account would open all others. */
  also?: LockOutSubject;
}

/**
 * Runs one check of a secret that a person typed: refused while locked out, counted when wrong (null).
 * Nothing here depends on whether the account exists.
 */
export function guess<T>(
  accounts: Pick<Accounts, 'db' | 'clock' | 'log' | 'metrics' | 'turns'>,
  guessed: Guessed,
  check: () => Promise<T | null>,
): Promise<T | null> {
  return accounts.turns(guessed.subject.key, async () => {
    await refuseWhileLocked(accounts, guessed);
    const result = await check();
    if (result === null) await countFailure(accounts, guessed);
    else await forgetFailuresAcrossOrganisations(accounts.db.kysely, guessed.subject.key);
    return result;
  });
}

const subjectsOf = ({ subject, also }: Guessed) => (also ? [subject, also] : [subject]);

async function refuseWhileLocked(accounts: Pick<Accounts, 'db' | 'clock'>, guessed: Guessed): Promise<void> {
  const keys = subjectsOf(guessed).map((subject) => subject.key);
  const until = await findLockAcrossOrganisations(accounts.db.kysely, keys, now(accounts));
  if (until) throw lockedOut(until.getTime(), accounts.clock.now());
}

async function countFailure(
  accounts: Pick<Accounts, 'db' | 'clock' | 'log' | 'metrics'>,
  guessed: Guessed,
): Promise<void> {
  const nowMs = accounts.clock.now();
  const instants = { now: new Date(nowMs), forgetBefore: new Date(nowMs - FORGET_AFTER_MS) };
  // Always the subject before the address, so that two transactions can't wait for each other.
  await accounts.db.transaction(async (tx) => {
    for (const { key, rule } of subjectsOf(guessed)) {
      const failures = await countFailureAcrossOrganisations(tx, key, instants);
      const lockMs = lockAfter(failures, rule);
      if (lockMs === 0) continue;
      await lockSubjectAcrossOrganisations(tx, key, new Date(nowMs + lockMs));
      accounts.metrics.securityEvents.inc({ kind: 'locked-out' });
      accounts.log.warn(
        { securityEvent: 'locked-out', subject: key, failures, lockMs },
        'too many failed attempts',
      );
    }
  });
}
