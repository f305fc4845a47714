import { type App, type AppOptions, buildApp } from '../kernel/http/app.ts';
import { registerHealth } from '../kernel/http/health.ts';
import { registerIdempotency } from '../kernel/http/idempotency.ts';
import { storageHealth } from '../kernel/http/storage-health.ts';
import { registerWebPages } from '../kernel/http/web-pages.ts';
import type { Wired } from './wire.ts';

/** The whole HTTP application of the api role, ready to listen or to be injected into. */
export async function buildApi(
  wired: Wired,
  /** Adds hooks before any route is there (tests hold replies to their schemas). */
  prepare: (app: App) => void = () => {},
  options: Pick<AppOptions, 'maxLagMs'> = {},
): Promise<{ app: App; stopTakingRequests: () => void }> {
  const { kernel, composition } = wired;
  const { config, log, clock, metrics, db, jobs } = kernel;
  let isReady = true;
  const { redis } = kernel;
  const app = await buildApp({
    config,
    log,
    metrics,
    redis: redis.client,
    authenticator: composition.accounts.authenticator,
    ...options,
  });
  prepare(app);
  registerIdempotency(app, { db, clock, log }, config.secretKey);
  const health = { config, db, jobs, metrics, media: kernel.media, storage: storageHealth(kernel.storage) };
  registerHealth(app, { ...health, redis: redis.state, isReady: () => isReady });
  for (const module of composition.modules) module.routes?.(app);
  await registerWebPages(app);
  await app.ready();
  return {
    app,
    stopTakingRequests: () => {
      isReady = false;
    },
  };
}
