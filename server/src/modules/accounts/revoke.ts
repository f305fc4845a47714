import type { Tx } from '../../kernel/db/db.ts';
import { type Accounts, now } from './accounts.ts';
import { SESSION_REVOKED, type SessionRevoked } from './news.ts';
import { revokeSessions, type SessionChoice } from './session-repo.ts';

/** Ends sessions within the transaction it is given in. */
export type Revoke = (organisationId: string, choice: SessionChoice, because: string) => Promise<number>;

/**
 * A transaction that may end sessions. They are ended in the database, told to the other processes with the
 * commit, and forgotten by this one before the caller's reply: the next request is refused wherever it goes.
 */
export async function transactionThatRevokes<T>(
  accounts: Pick<Accounts, 'db' | 'hints' | 'clock' | 'authenticator'>,
  work: (tx: Tx, revoke: Revoke) => Promise<T>,
): Promise<T> {
  const affected = new Set<string>();
  const result = await accounts.db.transaction((tx) =>
    work(tx, async (organisationId, choice, because) => {
      const ended = await revokeSessions(tx, organisationId, choice, { at: now(accounts), because });
      await accounts.hints.publish(tx, SESSION_REVOKED, newsOf(organisationId, choice));
      affected.add(choice.personId);
      return ended;
    }),
  );
  for (const personId of affected) accounts.authenticator.forget(personId);
  return result;
}

function newsOf(organisationId: string, { personId, only, except }: SessionChoice): SessionRevoked {
  return { organisationId, personId, sessionId: only ?? null, exceptSessionId: except ?? null };
}
