import type { Authenticator, SignedInActor } from '../../kernel/auth/actor.ts';
import type { Clock } from '../../kernel/clock.ts';
import { unauthenticated } from '../../kernel/http/problem.ts';
import type { AccessClaims, AccessTokens } from './access-token.ts';
import type { OrganisationDirectory } from './organisation-directory.ts';
import { permissionsOf } from './permissions.ts';
import type { SessionActor } from './session-repo.ts';

/** A verified token is looked up in the database again after this long, should news of its end be lost. */
const TRUSTED_FOR_MS = 15_000;
const REMEMBERED_TOKENS = 10_000;

interface Verified {
  actor: SignedInActor;
  validUntilMs: number;
}

/** The authenticator of the program, which can be told that sessions have ended. */
export interface SessionAuthenticator extends Authenticator {
  /** Looks up every token of this person again; without an id, of everybody. */
  forget(personId?: string): void;
}

interface Sources {
  clock: Clock;
  accessTokens: Pick<AccessTokens, 'verify'>;
  directory: Pick<OrganisationDirectory, 'anonymous'>;
  /** Null when the session has ended or its person may not sign in. */
  readSession: (claims: AccessClaims) => Promise<SessionActor | null>;
}

/**
 * Signature first, then the session in the database, then memory: the answer for a token seen lately is there
 * at once. An ended session is told to every process and forgotten; the database stays the judge, so that news
 * lost on the way delays the end by {@link TRUSTED_FOR_MS} and no more.
 */
export function createAuthenticator({
  clock,
  accessTokens,
  directory,
  readSession,
}: Sources): SessionAuthenticator {
  const verified = new Map<string, Verified>();
  const underWay = new Map<string, Promise<SignedInActor>>();
  let endings = 0;

  const remember = (token: string, entry: Verified): void => {
    verified.delete(token);
    verified.set(token, entry);
    // Oldest first: entries live seconds, so a finer choice would gain nothing.
    for (const oldest of verified.keys()) {
      if (verified.size <= REMEMBERED_TOKENS) break;
      verified.delete(oldest);
    }
  };

  const verify = async (token: string): Promise<SignedInActor> => {
    const claims = await accessTokens.verify(token);
    const endingsBefore = endings;
    const session = await readSession(claims);
    if (session === null) throw unauthenticated('This session has ended. Sign in again.');
    const actor = actorOf(claims, session);
    const validUntilMs = Math.min(claims.expiresAtMs, clock.now() + TRUSTED_FOR_MS);
    // A session that ended while it was being read must not be remembered as good.
    if (endings === endingsBefore) remember(token, { actor, validUntilMs });
    return actor;
  };

  return {
    authenticate: (token) => {
      const hit = verified.get(token);
      if (hit !== undefined && clock.now() < hit.validUntilMs) return hit.actor;
      const same = underWay.get(token);
      if (same) return same;
      const verification = verify(token).finally(() => {
        if (underWay.get(token) === verification) underWay.delete(token);
      });
      underWay.set(token, verification);
      return verification;
    },
    anonymous: (host) => directory.anonymous(host),
    forget: (personId) => {
      endings += 1;
      underWay.clear();
      for (const [token, { actor }] of verified) {
        if (personId === undefined || actor.personId === personId) verified.delete(token);
      }
    },
  };
}

function actorOf(claims: AccessClaims, session: SessionActor): SignedInActor {
  return Object.freeze({
    organisationId: claims.organisationId,
    personId: claims.personId,
    sessionId: claims.sessionId,
    permissions: permissionsOf(session.role, session.is_platform_admin),
    isPlatformAdmin: session.is_platform_admin,
  });
}
