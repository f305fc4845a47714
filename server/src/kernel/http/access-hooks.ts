import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Access, Budget } from '../auth/access.ts';
import { type Actor, type Authenticator, may } from '../auth/actor.ts';
import type { App } from './app.ts';
import { bearerOf } from './bearer.ts';
import { forbidden, Problem, unauthenticated } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call; compulsory (kernel/auth/access.ts). */
    access?: Access;
    /** Which budget requests count against; `api` when absent. */
    budget?: Budget;
  }
  interface FastifyRequest {
    actor: Actor;
    /** Why the token was refused; thrown after the request has been counted against its limit. */
    refusal: Problem | null;
  }
}

const NOBODY: Actor = {
  organisationId: '00000000-0000-0000-0000-000000000000',
  personId: null,
  sessionId: null,
  permissions: new Set(),
  isPlatformAdmin: false,
};

/** Sign-in → actor, before limits; a route without `config.access` refuses to register. */
export function registerIdentity(app: App, authenticator: Authenticator): void {
  app.decorateRequest('actor', undefined as unknown as Actor);
  app.decorateRequest('refusal', null);
  app.addHook('onRoute', (route) => {
    if (!route.config?.access) {
      throw new Error(`${String(route.method)} ${route.url} does not say who may call it (config.access)`);
    }
  });
  app.addHook('onRequest', (request, _reply, done) => {
    request.actor = NOBODY;
    const identified = identify(request, authenticator);
    if (identified instanceof Promise) identified.then(() => done(), done);
    else done();
  });
}

/** Sets the actor at once when the answer is in memory, so that hot requests wait for nothing. */
function identify(request: FastifyRequest, authenticator: Authenticator): Promise<void> | undefined {
  const bearer = bearerOf(request.headers.authorization);
  try {
    const actor =
      bearer !== undefined ? authenticator.authenticate(bearer) : authenticator.anonymous(hostOf(request));
    if (!(actor instanceof Promise)) {
      request.actor = actor;
      return undefined;
    }
    return actor.then(
      (resolved) => {
        request.actor = resolved;
      },
      (error) => refuse(request, error),
    );
  } catch (error) {
    refuse(request, error);
    return undefined;
  }
}

function hostOf(request: FastifyRequest): string {
  return request.hostname ?? '';
}

function refuse(request: FastifyRequest, error: unknown): void {
  if (!(error instanceof Problem)) throw error;
  request.refusal = error;
}

/**
 * Permission, after limits. Limits run as hooks of each route, after the application's own; registered after
 * them, this adds itself to each route behind theirs.
 */
export function registerPermissions(app: App): void {
  app.addHook('onRoute', (route) => {
    const before = route.onRequest ?? [];
    route.onRequest = [...(Array.isArray(before) ? before : [before]), checkPermission];
  });
}

const checkPermission: onRequestHookHandler = (request, _reply, done) => {
  const { access } = request.routeOptions.config;
  if (access?.kind === 'door') return done();
  done(request.refusal ?? (access ? accessFault(access, request.actor) : undefined));
};

function accessFault(access: Access, actor: Actor): Problem | undefined {
  if (access.kind === 'open' || access.kind === 'door') return undefined;
  if (actor.personId === null) {
    return unauthenticated('Sign in first: this address needs a token (Authorization: Bearer …).');
  }
  if (access.kind === 'permission' && !may(actor, access.permission)) {
    return forbidden(`This needs the permission ${access.permission}, which your role does not hold.`);
  }
  return undefined;
}
