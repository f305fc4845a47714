import type { Db, Executor } from '../../kernel/db/db.ts';
import { newId } from '../../kernel/id.ts';
import type { Role } from './permissions.ts';
import type { Origin } from './person.ts';
import type { AccountsTables } from './tables.ts';

const tables = (q: Executor) => q.withTables<AccountsTables>();

/** What a valid session says about its person, read for each access token that is not in memory. */
export interface SessionActor {
  role: Role;
  is_platform_admin: boolean;
}

const READ_ACTOR = `
  select p.role, p.is_platform_admin
  from sessions s join people p on p.id = s.person_id and p.organisation_id = s.organisation_id
  where s.organisation_id = $1 and s.id = $2 and s.person_id = $3
    and s.revoked_at is null and s.expires_at > $4 and p.disabled_at is null`;

/** Null when the session has ended, or its person is disabled or gone. */
export async function readSessionActor(
  db: Pick<Db, 'read'>,
  organisationId: string,
  session: { sessionId: string; personId: string },
  now: Date,
): Promise<SessionActor | null> {
  const values = [organisationId, session.sessionId, session.personId, now];
  const rows = await db.read<SessionActor>('accounts.session-actor', READ_ACTOR, values);
  return rows[0] ?? null;
}

/** A session at its beginning. */
export interface NewSession {
  personId: string;
  origin: Origin;
  createdAt: Date;
  expiresAt: Date;
}

/** Returns the id of the session. */
export async function insertSession(
  q: Executor,
  organisationId: string,
  session: NewSession,
): Promise<string> {
  const id = newId();
  await tables(q)
    .insertInto('sessions')
    .values({
      id,
      organisation_id: organisationId,
      person_id: session.personId,
      ip: session.origin.ip,
      user_agent: session.origin.userAgent,
      created_at: session.createdAt,
      last_used_at: session.createdAt,
      expires_at: session.expiresAt,
    })
    .execute();
  return id;
}

/** A refresh token by its hash: the token itself is kept nowhere. */
export interface NewRefreshToken {
  tokenHash: Buffer;
  sessionId: string;
  createdAt: Date;
  expiresAt: Date;
}

/** Adds a token to the family of its session. */
export async function insertRefreshToken(
  q: Executor,
  organisationId: string,
  token: NewRefreshToken,
): Promise<void> {
  await tables(q)
    .insertInto('refresh_tokens')
    .values({
      token_hash: token.tokenHash,
      organisation_id: organisationId,
      session_id: token.sessionId,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
    })
    .execute();
}

/** A refresh token with its family and person, as it is found by its hash. */
export interface FoundRefreshToken {
  organisationId: string;
  sessionId: string;
  personId: string;
  usedAt: Date | null;
  expiresAt: Date;
  sessionExpiresAt: Date;
  sessionRevokedAt: Date | null;
  personDisabledAt: Date | null;
}

/**
 * Holds session and token until the transaction ends, so that of two refreshes at once one goes first. In that
 * order, as whoever ends a session or deletes a person takes them.
 */
export async function lockRefreshTokenAcrossOrganisations(
  q: Executor,
  tokenHash: Buffer,
): Promise<FoundRefreshToken | null> {
  const row = await tables(q)
    .selectFrom('refresh_tokens as t')
    .innerJoin('sessions as s', 's.id', 't.session_id')
    .innerJoin('people as p', 'p.id', 's.person_id')
    .select([
      't.organisation_id as organisationId',
      't.session_id as sessionId',
      's.person_id as personId',
      't.used_at as usedAt',
      't.expires_at as expiresAt',
      's.expires_at as sessionExpiresAt',
      's.revoked_at as sessionRevokedAt',
      'p.disabled_at as personDisabledAt',
    ])
    .where('t.token_hash', '=', tokenHash)
    .forUpdate(['s', 't'])
    .executeTakeFirst();
  return row ?? null;
}

/** From now on the token is a used one: shown again, it proves a copy. */
export async function markRefreshTokenUsed(
  q: Executor,
  organisationId: string,
  tokenHash: Buffer,
  usedAt: Date,
): Promise<void> {
  await tables(q)
    .updateTable('refresh_tokens')
    .set({ used_at: usedAt })
    .where('organisation_id', '=', organisationId)
    .where('token_hash', '=', tokenHash)
    .execute();
}

/** Notes that the session is in use. */
export async function touchSession(
  q: Executor,
  organisationId: string,
  sessionId: string,
  at: Date,
): Promise<void> {
  await tables(q)
    .updateTable('sessions')
    .set({ last_used_at: at })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', sessionId)
    .execute();
}

/** Which sessions of a person end: one, all, or all but the one that asks. */
export interface SessionChoice {
  personId: string;
  only?: string;
  except?: string | null;
}

/** Ends sessions that were not ended before; returns how many. */
export async function revokeSessions(
  q: Executor,
  organisationId: string,
  { personId, only, except }: SessionChoice,
  end: { at: Date; because: string },
): Promise<number> {
  let update = tables(q)
    .updateTable('sessions')
    .set({ revoked_at: end.at, revoked_because: end.because })
    .where('organisation_id', '=', organisationId)
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null);
  if (only !== undefined) update = update.where('id', '=', only);
  if (except) update = update.where('id', '!=', except);
  const { numUpdatedRows } = await update.executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** Forgets what can't be used any more. */
export async function deleteExpiredSessionsAcrossOrganisations(q: Executor, now: Date): Promise<void> {
  await tables(q).deleteFrom('sessions').where('expires_at', '<', now).execute();
  await tables(q).deleteFrom('refresh_tokens').where('expires_at', '<', now).execute();
}
