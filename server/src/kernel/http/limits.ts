import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import type { Redis } from 'ioredis';
import type { Budget } from '../auth/access.ts';
import type { Authenticator } from '../auth/actor.ts';
import type { Config } from '../config/config.ts';
import { clientNetwork } from '../net/client-network.ts';
import { registerIdentity, registerPermissions } from './access-hooks.ts';
import type { App } from './app.ts';
import { rateLimited } from './problem.ts';

const WINDOW_MS = 60_000;
/** A player that seeks, prefetches and follows playlists stays far below this. */
const SOUND_PER_MINUTE = 6_000;
/** Sign-in, refresh, set-up: guessing must be slow. */
const STRICT_PER_MINUTE = 30;
/** Clients remembered per window; the oldest is forgotten first. */
const REMEMBERED_CLIENTS = 50_000;

/** Requests per minute of each budget; `none` is for health and metrics. */
function budgetsOf(config: Config): Record<Exclude<Budget, 'none'>, number> {
  const sound = Math.max(SOUND_PER_MINUTE, config.rateLimitPerMinute);
  return { api: config.rateLimitPerMinute, sound, strict: STRICT_PER_MINUTE };
}

/**
 * Order of the hooks on each request: who is asking → does their budget allow it → do they hold the permission.
 * So that guessing tokens costs budget, and a person keeps one budget on several addresses.
 */
export async function registerLimits(
  app: App,
  config: Config,
  authenticator: Authenticator,
  redis: Redis | null,
): Promise<void> {
  registerIdentity(app, authenticator);
  const budgets = budgetsOf(config);
  app.addHook('onRoute', (route) => {
    const budget = route.config?.budget ?? 'api';
    route.config = {
      ...route.config,
      rateLimit: budget === 'none' ? false : { max: budgets[budget], groupId: budget },
    };
  });
  await app.register(rateLimit, {
    global: true,
    hook: 'onRequest',
    max: budgets.api,
    timeWindow: WINDOW_MS,
    cache: REMEMBERED_CLIENTS,
    ...(redis ? { redis, nameSpace: 'antenne-limit:', skipOnError: true } : {}),
    keyGenerator: clientKey,
    errorResponseBuilder: (_request, context) =>
      rateLimited(
        `At most ${context.max} requests a minute here; try again in ${Math.ceil(context.ttl / 1000)} s.`,
      ),
  });
  registerPermissions(app);
}

function clientKey(request: FastifyRequest): string {
  // A connection that is gone by now has no address any more, whatever the type says.
  return request.actor.personId ?? clientNetwork(request.ip ?? '');
}
