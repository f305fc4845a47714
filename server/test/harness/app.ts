import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { inject } from 'vitest';
import { buildApi } from '../../src/entry/build-api.ts';
import { handlersOf } from '../../src/entry/compose.ts';
import { startModules, stopAll, type Wired, wire } from '../../src/entry/wire.ts';
import type { Access } from '../../src/kernel/auth/access.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { loadConfig } from '../../src/kernel/config/load-config.ts';
import type { App } from '../../src/kernel/http/app.ts';
import type { Logger } from '../../src/kernel/log/log.ts';
import type { Role } from '../../src/kernel/module.ts';
import { cloneDatabase } from './database.ts';
import { rememberMedia } from './remembered-media.ts';
import { checkReplies } from './reply-check.ts';

/** A clock that tests move: starts at the real instant, then only by `advance`. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function testClock(): TestClock {
  let offsetMs = 0;
  return {
    now: () => Date.now() + offsetMs,
    advance: (ms) => {
      offsetMs += ms;
    },
  };
}

export interface TestAppOptions {
  /** Environment variables over the harness's own (rate limits are raised, logs silent). */
  env?: Record<string, string>;
  clock?: Clock;
  /** Where the log goes; silent when absent. */
  log?: Logger;
  /** Also run the worker's jobs in this process; default no, so that tests decide what runs. */
  withJobs?: boolean;
  /** Share an earlier app's database and storage: a second process of the same installation. */
  beside?: TestApp;
}

/** A registered route, as the rules look at it. */
export interface RouteFacts {
  method: string;
  url: string;
  access: Access;
  /** False for pages and files that are no part of the contract. */
  isInContract: boolean;
  hasReplySchema: boolean;
}

export interface TestApp extends Wired {
  app: App;
  url: string;
  dataDir: string;
  clock: Clock;
  routes: RouteFacts[];
  /** Listens on a free port; returns the base address. */
  listen(): Promise<string>;
  end(): Promise<void>;
}

const ENV = {
  ENVIRONMENT: 'development',
  VERSION: '0.0.0-test',
  RATE_LIMIT_PER_MINUTE: '100000',
  LOG_LEVEL: 'error',
  SECRET_KEY: 'a secret for tests only, of enough characters',
  SIGNING_KEY: 'a signing key for tests only, long enough',
  EXTRACTION_ALLOWED_HOSTS: '127.0.0.1,localhost',
  PUBLIC_URL: 'http://antenne.test',
};

/** The real application on a database and a data folder of its own; every reply is held to its schema. */
export async function buildTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.beside ? null : await cloneDatabase();
  const url = options.beside?.url ?? database?.url ?? '';
  const dataDir = options.beside?.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'antenne-app-')));
  const env = { ...ENV, DATA_DIR: dataDir, DATABASE_URL: url, ...options.env };
  const config = loadConfig(env, { cwd: dataDir });
  const log = options.log ?? pino({ level: process.env.TEST_LOG_LEVEL ?? 'fatal' });
  const clock = options.clock ?? options.beside?.clock ?? testClock();
  const role: Role = options.withJobs ? 'worker' : 'api';
  const wired = await wire(config, role, url, {
    ...{ log, clock },
    prepareMedia: (tools) => rememberMedia(tools, inject('madeMedia')),
  });
  await startModules(wired, 'api');
  if (options.withJobs) {
    await startModules(wired, 'worker');
    await wired.kernel.jobs.work(handlersOf(wired.composition.modules));
  }
  const routes: RouteFacts[] = [];
  const prepare = (fresh: App) => {
    checkReplies(fresh);
    collectRoutes(fresh, routes);
  };
  // Several test files share two cores: their lag says nothing about the application.
  const { app } = await buildApi(wired, prepare, { maxLagMs: 0 });
  return {
    ...wired,
    app,
    url,
    dataDir,
    clock,
    routes,
    listen: () => app.listen({ host: '127.0.0.1', port: 0 }),
    end: async () => {
      app.server.closeAllConnections();
      await app.close();
      await stopAll(wired, 1_000);
      if (database) {
        await database.drop();
        await rm(dataDir, { recursive: true, force: true });
      }
    },
  };
}

function collectRoutes(app: App, routes: RouteFacts[]): void {
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      if (method === 'HEAD' || !route.config?.access) continue;
      routes.push({
        method,
        url: route.url,
        access: route.config.access,
        isInContract: !route.schema?.hide,
        hasReplySchema: route.schema?.response !== undefined,
      });
    }
  });
}
