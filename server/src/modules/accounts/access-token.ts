import type { webcrypto } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../kernel/clock.ts';
import type { Config } from '../../kernel/config/config.ts';
import { unauthenticated } from '../../kernel/http/problem.ts';
import { isId } from '../../kernel/id.ts';

const ISSUER = 'antenne';
const LONGEST_TOKEN = 4096;
const NOT_VALID = 'The access token is not valid. Sign in again.';

/** What an access token says: who, in which session, of which organisation, until when. */
export interface AccessClaims {
  personId: string;
  sessionId: string;
  organisationId: string;
  expiresAtMs: number;
}

/** Makes and checks access tokens: JWT (RFC 7519) signed with SECRET_KEY and the configured algorithm only. */
export interface AccessTokens {
  lifeSeconds: number;
  sign(claims: Omit<AccessClaims, 'expiresAtMs'>): Promise<string>;
  /** Throws an `unauthenticated` problem. */
  verify(token: string): Promise<AccessClaims>;
}

/** Tokens under one key and one algorithm; the clock decides when they are late. */
export function createAccessTokens(
  config: Pick<Config, 'secretKey' | 'jwtAlgorithm' | 'accessTokenMinutes'>,
  clock: Clock,
): AccessTokens {
  const algorithm = config.jwtAlgorithm;
  const lifeSeconds = config.accessTokenMinutes * 60;
  const key = importKey(config.secretKey, algorithm);
  return {
    lifeSeconds,
    sign: async ({ personId, sessionId, organisationId }) => {
      const nowSeconds = Math.floor(clock.now() / 1000);
      return new SignJWT({ sid: sessionId, org: organisationId })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setSubject(personId)
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + lifeSeconds)
        .sign(await key);
    },
    verify: async (token) => {
      if (token.length > LONGEST_TOKEN) throw unauthenticated(NOT_VALID);
      try {
        const { payload } = await jwtVerify(token, await key, {
          algorithms: [algorithm],
          issuer: ISSUER,
          requiredClaims: ['sub', 'sid', 'org', 'iat', 'exp'],
          currentDate: new Date(clock.now()),
        });
        return claimsOf(payload);
      } catch (error) {
        throw refusal(error);
      }
    },
  };
}

/** Imported once: jose would otherwise do it at each call. */
function importKey(secretKey: string, algorithm: Config['jwtAlgorithm']): Promise<webcrypto.CryptoKey> {
  const hmac = { name: 'HMAC', hash: `SHA-${algorithm.slice(2)}` };
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secretKey), hmac, false, ['sign', 'verify']);
}

function claimsOf(payload: Record<string, unknown>): AccessClaims {
  const { sub, sid, org, exp } = payload;
  const fits = [sub, sid, org].every((id) => typeof id === 'string' && isId(id)) && typeof exp === 'number';
  if (!fits) throw unauthenticated(NOT_VALID);
  return {
    personId: String(sub),
    sessionId: String(sid),
    organisationId: String(org),
    expiresAtMs: exp * 1000,
  };
}

function refusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired)
    return unauthenticated('The access token has expired. Refresh it or sign in again.');
  return error instanceof errors.JOSEError ? unauthenticated(NOT_VALID) : error;
}
