import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { door, signedIn } from '../../kernel/auth/access.ts';
import { isSignedIn } from '../../kernel/auth/actor.ts';
import type { App } from '../../kernel/http/app.ts';
import { validationFailed } from '../../kernel/http/problem.ts';
import { signedInActor } from '../../kernel/http/signed-in.ts';
import type { Accounts } from './accounts.ts';
import { changePassword } from './change-password.ts';
import { presentSignedIn, presentTokens } from './present.ts';
import { cookieOptions, REFRESH_COOKIE } from './refresh-cookie.ts';
import { refreshSession } from './refresh-session.ts';
import { originOf } from './request.ts';
import * as schemas from './schemas.ts';
import { type SignedIn, signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';

/** Sign-in, refresh, sign-out and one's own password. */
export function signInRoutes(app: App, accounts: Accounts): void {
  passwordRoutes(app, accounts);
  refreshRoute(app, accounts);
  logoutRoute(app, accounts);
  changePasswordRoute(app, accounts);
}

function passwordRoutes(app: App, accounts: Accounts): void {
  app.post(
    '/api/auth/token',
    {
      config: { access: door('the password is checked'), budget: 'strict' },
      schema: {
        tags: ['sign-in'],
        operationId: 'createToken',
        summary: 'Sign in with the OAuth2 password form',
        consumes: ['application/x-www-form-urlencoded'],
        body: schemas.PasswordGrant,
        response: { 200: Type.Ref('Tokens') },
      },
    },
    async (request, reply) => {
      requireForm(request);
      const { username, password } = request.body;
      const { tokens } = await signIn(accounts, { name: username, password }, originOf(request));
      return unstored(reply).send(presentTokens(tokens, false));
    },
  );
  app.post(
    '/api/auth/login',
    {
      config: { access: door('the password is checked'), budget: 'strict' },
      schema: {
        tags: ['sign-in'],
        operationId: 'login',
        summary: 'Sign in by e-mail or username',
        body: schemas.Login,
        response: { 200: Type.Ref('SignedIn') },
      },
    },
    async (request, reply) => {
      const { email, password, cookie = false } = request.body;
      const signed = await signIn(accounts, { name: email, password }, originOf(request));
      return sendSignedIn(accounts, reply, signed, cookie);
    },
  );
}

function refreshRoute(app: App, accounts: Accounts): void {
  app.post(
    '/api/auth/refresh',
    {
      config: { access: door('the refresh token is checked'), budget: 'strict' },
      schema: {
        tags: ['sign-in'],
        operationId: 'refresh',
        summary: 'Exchange a refresh token for its successor',
        description: 'From the body, else from the cookie. A used one, shown again later, ends the session.',
        body: schemas.RefreshTokenBody,
        response: { 200: Type.Ref('Tokens') },
      },
    },
    async (request, reply) => {
      const { token, inCookie } = refreshTokenOf(request, request.body?.refresh_token);
      if (token === null) {
        throw validationFailed('Send a refresh token, in the body or in the cookie.', {
          errors: [{ field: 'refresh_token', message: 'is missing' }],
        });
      }
      const tokens = await refreshSession(accounts, token, originOf(request));
      if (inCookie) reply.setCookie(REFRESH_COOKIE, tokens.refreshToken, cookieOptions(accounts.config));
      return unstored(reply).send(presentTokens(tokens, inCookie));
    },
  );
}

function logoutRoute(app: App, accounts: Accounts): void {
  app.post(
    '/api/auth/logout',
    {
      config: { access: door('ends only the sessions whose tokens are shown') },
      schema: {
        tags: ['sign-in'],
        operationId: 'logout',
        summary: 'End this session everywhere, at once',
        body: schemas.RefreshTokenBody,
        response: { 204: schemas.NoContent },
      },
    },
    async (request, reply) => {
      const { token } = refreshTokenOf(request, request.body?.refresh_token);
      const actor = isSignedIn(request.actor) ? request.actor : null;
      await signOut(accounts, { actor, refreshToken: token }, originOf(request));
      return reply.clearCookie(REFRESH_COOKIE, cookieOptions(accounts.config)).code(204).send(null);
    },
  );
}

function changePasswordRoute(app: App, accounts: Accounts): void {
  app.post(
    '/api/auth/change-password',
    {
      config: { access: signedIn, budget: 'strict' },
      schema: {
        tags: ['sign-in'],
        operationId: 'changePassword',
        summary: 'Change your own password; your other sessions end',
        body: schemas.ChangePassword,
        response: { 204: schemas.NoContent },
      },
    },
    async (request, reply) => {
      const { current_password: current, new_password: next } = request.body;
      await changePassword(accounts, signedInActor(request), { current, next }, originOf(request));
      return reply.code(204).send(null);
    },
  );
}

/** The body's token wins over the cookie's; the reply goes back the same way. */
function refreshTokenOf(request: FastifyRequest, inBody: string | null | undefined) {
  if (inBody) return { token: inBody, inCookie: false };
  const token = request.cookies[REFRESH_COOKIE];
  return { token: token ? token : null, inCookie: true };
}

function requireForm(request: FastifyRequest): void {
  const type = request.headers['content-type'] ?? '';
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return;
  throw validationFailed('Send a form (application/x-www-form-urlencoded) with username and password.');
}

/** The tokens of a session just opened; the refresh token in the cookie when that was asked for. */
export function sendSignedIn(accounts: Accounts, reply: FastifyReply, signed: SignedIn, inCookie: boolean) {
  if (inCookie) reply.setCookie(REFRESH_COOKIE, signed.tokens.refreshToken, cookieOptions(accounts.config));
  return unstored(reply).send(presentSignedIn(signed, inCookie));
}

/** Tokens belong in no cache (RFC 6749 §5.1). */
function unstored(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store');
}
