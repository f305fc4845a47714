import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../kernel/config/config.ts';
import { environmentWith, readConfig } from '../kernel/config/process-environment.ts';
import { type Logger, openLog } from '../kernel/log/log.ts';
import { PlainError } from '../kernel/plain-error.ts';
import { takeLock } from '../kernel/process-lock.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import { claimPorts } from './supervise/addresses.ts';
import { compileCacheEnv } from './supervise/compile-cache.ts';
import { openRoleRegister, type RoleRegister } from './supervise/earlier-roles.ts';
import { keepDatabase } from './supervise/keep-database.ts';
import { type RoleProcesses, runRoles } from './supervise/role-processes.ts';
import { openStopPlan, type StopPlan } from './supervise/stop-plan.ts';

/** Roles have this long to finish what they do; the database gets what is left of the whole. */
const ROLES_MS = 4_000;
const WHOLE_MS = 4_700;
const DATABASE_LEAST_MS = 300;

interface Supervisor {
  config: Config;
  log: Logger;
  plan: StopPlan;
  say: (sentence: string) => void;
  roles?: RoleProcesses;
}

/**
 * Runs the database, the migrations and one of each role (as many api processes as configured) until SIGINT,
 * SIGTERM or SIGHUP, then ends them in order within 5 s. `watch` reloads the roles when sources change and
 * serves the page from Vite. Throws a PlainError or ConfigError when it can't begin.
 */
export const start = async ({ watch }: { watch: boolean }): Promise<number> => {
  const config = readConfig();
  const log = openLog({ name: 'start', ...config.log });
  const say = config.log.format === 'json' ? (sentence: string) => log.info(sentence) : sayPlainly;
  const supervisor: Supervisor = { config, log, plan: openStopPlan(), say };
  const asked = listenForSignals(supervisor);
  for (const notice of config.notices) say(`Note: ${notice}`);
  const up = bringUp(supervisor, watch);
  try {
    await Promise.race([up, asked]);
    await asked;
  } finally {
    // A start that is asked to end half-way is seen to its next step, so that nothing it began outlives it.
    const settled = up.catch(() => undefined);
    await Promise.all([
      supervisor.plan.run(WHOLE_MS),
      Promise.race([settled, pause(WHOLE_MS, undefined, { ref: false })]),
    ]);
  }
  say('Stopped.');
  return 0;
};

const sayPlainly = (sentence: string): void => {
  process.stdout.write(`${sentence}\n`);
};

/** Resolves at the first signal; the second ends the roles without waiting, the third everything. */
const listenForSignals = (supervisor: Supervisor): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  const hear = (): void => {
    count += 1;
    if (count === 1) {
      supervisor.say('Stopping…');
      resolve();
    } else if (count === 2) supervisor.roles?.kill();
    else process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear);
  return promise;
};

const bringUp = async (supervisor: Supervisor, watch: boolean): Promise<void> => {
  const { config, log, plan, say } = supervisor;
  const register = await claimDataDir(config);
  const ports = await claimPorts(config);
  const databaseUrl = await openDatabase(supervisor);
  if (plan.isClosed) return;
  const migrate = () => migrateAll(databaseUrl(), log);
  await migrate();
  if (plan.isClosed) return;
  const roles = runRoles({
    apiCount: config.apiWorkers,
    env: () => environmentOfRoles(databaseUrl(), ports),
    onStart: register.add,
    onReady: ({ setupLink }) => announce(config, ports.port, setupLink, say),
    say,
  });
  supervisor.roles = roles;
  await plan.add((leftMs) => roles.stop(Math.min(ROLES_MS, leftMs)));
  if (!watch) return;
  const { reloadOnChange } = await import('./supervise/dev-reload.ts');
  await plan.add(reloadOnChange({ apiPort: ports.port, restartRoles: roles.restart, migrate, say }));
};

/** Makes sure that no other `start` uses the folder, and that the roles of a killed one are gone. */
const claimDataDir = async ({ dataDir }: Config): Promise<RoleRegister> => {
  try {
    const lock = await takeLock(join(dataDir, 'locks/start'));
    if ('heldByPid' in lock) {
      throw new PlainError(`Antenne runs already on ${dataDir} (process ${lock.heldByPid}).`);
    }
    const register = openRoleRegister(dataDir);
    await register.waitForEarlier(ROLES_MS);
    return register;
  } catch (error) {
    if (error instanceof PlainError) throw error;
    throw new PlainError(`DATA_DIR ${dataDir} can't be used: ${reasonOf(error)}.`, { cause: error });
  }
};

/** The address of the configured database, or of the embedded one, which may move when it comes back. */
const openDatabase = async (supervisor: Supervisor): Promise<() => string> => {
  const { config, log, plan, say } = supervisor;
  const { databaseUrl } = config;
  if (databaseUrl !== null) return () => databaseUrl;
  const database = await keepDatabase({ dataDir: config.dataDir, log }, say, () =>
    supervisor.roles?.restart(),
  );
  await plan.add((leftMs) => database.stop(Math.max(DATABASE_LEAST_MS, leftMs)));
  return database.url;
};

const migrateAll = async (url: string, log: Logger): Promise<void> => {
  const { migrateUp } = await import('../kernel/db/migrate.ts');
  const { applied } = await migrateUp(url, log);
  if (applied.length > 0) log.info({ applied }, 'migrations applied');
};

const environmentOfRoles = (
  databaseUrl: string,
  ports: { port: number; livePort: number },
): NodeJS.ProcessEnv =>
  environmentWith({
    ...compileCacheEnv(),
    DATABASE_URL: databaseUrl,
    PORT: String(ports.port),
    LIVE_PORT: String(ports.livePort),
  });

/** Says the address, and the set-up link where nobody can sign in yet. */
const announce = (
  config: Config,
  port: number,
  setupLink: string | undefined,
  say: Supervisor['say'],
): void => {
  const address = config.port === port ? config.publicUrl : config.publicUrl.replace(/:0$/, `:${port}`);
  say(`${config.appName} answers at ${address}`);
  if (setupLink) say(`Set up the administrator, once: ${new URL(setupLink, `${address}/`).href}`);
};
