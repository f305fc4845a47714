import type { FastifyReply } from 'fastify';
import type { Accounts } from './accounts.ts';
import { presentSignedIn } from './present.ts';
import { cookieOptions, REFRESH_COOKIE } from './refresh-cookie.ts';
import type { SignedIn } from './sign-in.ts';

/** The tokens of a session just opened; the refresh token in the cookie when that was asked for. */
export function sendSignedIn(accounts: Accounts, reply: FastifyReply, signed: SignedIn, inCookie: boolean) {
  if (inCookie) reply.setCookie(REFRESH_COOKIE, signed.tokens.refreshToken, cookieOptions(accounts.config));
  return unstored(reply).send(presentSignedIn(signed, inCookie));
}

/** Tokens belong in no cache (RFC 6749 §5.1). */
export function unstored(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store');
}
