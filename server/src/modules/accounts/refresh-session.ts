import type { Tx } from '../../kernel/db/db.ts';
import { type Accounts, now } from './accounts.ts';
import { insertAuditEntry } from './audit-repo.ts';
import { refreshRefused } from './errors.ts';
import { hashToken, successorOf } from './one-time-token.ts';
import type { Origin } from './person.ts';
import { type Revoke, transactionThatRevokes } from './revoke.ts';
import { REFRESH_LIFE_MS, REPLAY_GRACE_MS, type SessionTokens, tokensOf } from './session.ts';
import {
  type FoundRefreshToken,
  insertRefreshToken,
  lockRefreshTokenAcrossOrganisations,
  markRefreshTokenUsed,
  touchSession,
} from './session-repo.ts';

/**
 * Exchanges a refresh token for its successor. Shown again within ten seconds it gets the same one; later it
 * can only be a copy, and the whole family ends: the thief's and the owner's (RFC 9700 §4.14.2).
 */
export async function refreshSession(
  accounts: Accounts,
  token: string,
  origin: Origin,
): Promise<SessionTokens> {
  const found = await transactionThatRevokes(accounts, async (tx, revoke) => {
    const known = await lockRefreshTokenAcrossOrganisations(tx, hashToken(token));
    if (known === null || hasEnded(known, accounts.clock.now())) return null;
    if (known.usedAt === null) {
      await rotate(accounts, tx, known, token);
      return known;
    }
    if (accounts.clock.now() - known.usedAt.getTime() <= REPLAY_GRACE_MS) return known;
    // No throw: what ends the family must be committed.
    await endFamily(accounts, tx, revoke, known, origin);
    return null;
  });
  if (found === null) throw refreshRefused();
  const person = { id: found.personId, organisationId: found.organisationId };
  const refreshToken = successorOf(token, accounts.keys.refreshSuccession);
  return tokensOf(accounts, person, { sessionId: found.sessionId, refreshToken });
}

function hasEnded(token: FoundRefreshToken, nowMs: number): boolean {
  if (token.sessionRevokedAt || token.personDisabledAt) return true;
  return Math.min(token.expiresAt.getTime(), token.sessionExpiresAt.getTime()) <= nowMs;
}

async function rotate(accounts: Accounts, tx: Tx, found: FoundRefreshToken, token: string): Promise<void> {
  const at = now(accounts);
  const { organisationId, sessionId, sessionExpiresAt } = found;
  await markRefreshTokenUsed(tx, organisationId, hashToken(token), at);
  await insertRefreshToken(tx, organisationId, {
    tokenHash: hashToken(successorOf(token, accounts.keys.refreshSuccession)),
    sessionId,
    createdAt: at,
    expiresAt: new Date(Math.min(at.getTime() + REFRESH_LIFE_MS, sessionExpiresAt.getTime())),
  });
  await touchSession(tx, organisationId, sessionId, at);
}

async function endFamily(
  accounts: Accounts,
  tx: Tx,
  revoke: Revoke,
  found: FoundRefreshToken,
  origin: Origin,
): Promise<void> {
  const { organisationId, personId, sessionId } = found;
  await revoke(organisationId, { personId, only: sessionId }, 'refresh-token-reused');
  await insertAuditEntry(tx, organisationId, {
    at: now(accounts),
    action: 'accounts.refresh-token-reused',
    personId,
    origin,
    target: { kind: 'session', id: sessionId },
  });
  accounts.metrics.securityEvents.inc({ kind: 'refresh-token-reused' });
  accounts.log.warn(
    { securityEvent: 'refresh-token-reused', organisationId, personId, sessionId, ip: origin.ip },
    'a used refresh token was shown again: its session has been ended',
  );
}
