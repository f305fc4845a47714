import { type Accounts, now } from './accounts.ts';
import { FORGET_AFTER_MS } from './lock-out.ts';
import { deleteExpiredSessionsAcrossOrganisations } from './session-repo.ts';
import { deleteOldFailuresAcrossOrganisations } from './sign-in-failure-repo.ts';

const HOUR_MS = 3_600_000;

/** Deletes what can't be used any more: ended sessions, late refresh tokens, forgotten failures. */
export async function tidy(accounts: Pick<Accounts, 'db' | 'clock'>): Promise<void> {
  const at = now(accounts);
  await deleteExpiredSessionsAcrossOrganisations(accounts.db.kysely, at);
  const forgotten = new Date(at.getTime() - FORGET_AFTER_MS);
  await deleteOldFailuresAcrossOrganisations(accounts.db.kysely, forgotten);
}

/** Tidies every hour; returns what ends it. Several processes may do it at once. */
export function startHousekeeping(accounts: Pick<Accounts, 'db' | 'clock' | 'log'>): () => void {
  const timer = setInterval(() => {
    tidy(accounts).catch((error: unknown) =>
      accounts.log.warn({ err: error }, 'old sessions could not be deleted'),
    );
  }, HOUR_MS);
  timer.unref();
  return () => clearInterval(timer);
}
