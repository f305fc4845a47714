import type { Tx } from '../../kernel/db/db.ts';
import { type Accounts, now } from './accounts.ts';
import { hashToken, newToken } from './one-time-token.ts';
import type { Origin, Person } from './person.ts';
import { insertRefreshToken, insertSession } from './session-repo.ts';

const DAY_MS = 86_400_000;
/** A refresh token that nobody uses for this long is worthless. */
export const REFRESH_LIFE_MS = 30 * DAY_MS;
/** However often it is refreshed, a session ends after this: then one signs in again. */
const SESSION_LIFE_MS = 180 * DAY_MS;
/** A used refresh token shown again within this gets its successor again: the first reply may have been lost. */
export const REPLAY_GRACE_MS = 10_000;

/** What a client needs to go on: a short pass, and the means to get the next one. */
export interface SessionTokens {
  accessToken: string;
  expiresInSeconds: number;
  refreshToken: string;
}

/** A session in the making: the access token is signed when its rows are committed. */
export interface OpenedSession {
  sessionId: string;
  refreshToken: string;
}

/** Starts a family of refresh tokens. */
export async function openSession(
  accounts: Pick<Accounts, 'clock'>,
  tx: Tx,
  person: Pick<Person, 'id' | 'organisationId'>,
  origin: Origin,
): Promise<OpenedSession> {
  const createdAt = now(accounts);
  const sessionId = await insertSession(tx, person.organisationId, {
    personId: person.id,
    origin,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + SESSION_LIFE_MS),
  });
  const refreshToken = newToken();
  await insertRefreshToken(tx, person.organisationId, {
    tokenHash: hashToken(refreshToken),
    sessionId,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + REFRESH_LIFE_MS),
  });
  return { sessionId, refreshToken };
}

/** Signs the access token that goes with a refresh token. */
export async function tokensOf(
  accounts: Pick<Accounts, 'accessTokens'>,
  person: { id: string; organisationId: string },
  session: OpenedSession,
): Promise<SessionTokens> {
  const accessToken = await accounts.accessTokens.sign({
    personId: person.id,
    organisationId: person.organisationId,
    sessionId: session.sessionId,
  });
  return {
    accessToken,
    expiresInSeconds: accounts.accessTokens.lifeSeconds,
    refreshToken: session.refreshToken,
  };
}
