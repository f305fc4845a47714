import type { SignedInActor } from '../../kernel/auth/actor.ts';
import { type Accounts, now } from './accounts.ts';
import { insertAuditEntry } from './audit-repo.ts';
import { hashToken } from './one-time-token.ts';
import type { Origin } from './person.ts';
import { transactionThatRevokes } from './revoke.ts';
import { lockRefreshTokenAcrossOrganisations } from './session-repo.ts';

/** By which sessions are named at sign-out: the access token's own, and the one of a refresh token. */
export interface SignOut {
  actor: SignedInActor | null;
  refreshToken: string | null;
}

/** Ends the named sessions everywhere, at once. A token that is worthless already is no fault. */
export async function signOut(
  accounts: Accounts,
  { actor, refreshToken }: SignOut,
  origin: Origin,
): Promise<void> {
  await transactionThatRevokes(accounts, async (tx, revoke) => {
    const byToken =
      refreshToken === null ? null : await lockRefreshTokenAcrossOrganisations(tx, hashToken(refreshToken));
    for (const named of [actor, byToken]) {
      if (named === null) continue;
      const { organisationId, personId, sessionId } = named;
      const ended = await revoke(organisationId, { personId, only: sessionId }, 'signed-out');
      if (ended === 0) continue;
      const entry = { at: now(accounts), action: 'accounts.signed-out', personId, origin };
      await insertAuditEntry(tx, organisationId, entry);
    }
  });
}
