import { join } from 'node:path';
import type { Config } from '../kernel/config/config.ts';
import { environmentWith, projectRoot, readConfig } from '../kernel/config/process-environment.ts';
import { type Logger, openLog } from '../kernel/log/log.ts';
import { PlainError } from '../kernel/plain-error.ts';
import { takeLock } from '../kernel/process-lock.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import type { ReadyMessage } from './role-life.ts';
import { claimPorts } from './supervise/addresses.ts';
import { compileCacheEnv } from './supervise/compile-cache.ts';
import { openRoleRegister, type RoleRegister } from './supervise/earlier-roles.ts';
import { keepDatabase } from './supervise/keep-database.ts';
import { openStopPlan, type StopPlan } from './supervise/stop-plan.ts';
import { type SupervisedProcess, superviseProcess } from './supervise/supervised-process.ts';
import { watchSources } from './supervise/watch-sources.ts';

/** Roles have this long to finish what they do; the database gets what is left of the whole. */
const ROLES_MS = 4_000;
const WHOLE_MS = 4_700;

interface Supervisor {
  config: Config;
  log: Logger;
  plan: StopPlan;
  say: (sentence: string) => void;
  roles: SupervisedProcess[];
}

/**
 * Runs the database, the migrations and one of each role (as many api processes as configured) until SIGINT,
 * SIGTERM or SIGHUP, then ends them in order within 5 s. `watch` reloads the roles when sources change and
 * serves the page from Vite. Throws a PlainError when it can't begin.
 */
export const start = async ({ watch }: { watch: boolean }): Promise<number> => {
  const config = readConfig();
  const log = openLog({ name: 'start', ...config.log });
  const say = config.log.format === 'json' ? (sentence: string) => log.info(sentence) : sayPlainly;
  const supervisor: Supervisor = { config, log, plan: openStopPlan(), say, roles: [] };
  const asked = listenForSignals(supervisor);
  for (const notice of config.notices) say(`Note: ${notice}`);
  try {
    await Promise.race([bringUp(supervisor, watch), asked]);
    await asked;
  } finally {
    await supervisor.plan.run(WHOLE_MS);
  }
  say('Stopped.');
  return 0;
};

const sayPlainly = (sentence: string): void => {
  process.stdout.write(`${sentence}\n`);
};

/** Resolves at the first signal; the second ends the roles without waiting, the third everything. */
const listenForSignals = ({ roles, say }: Supervisor): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  const hear = (): void => {
    count += 1;
    if (count === 1) {
      say('Stopping…');
      resolve();
    } else if (count === 2) for (const role of roles) role.kill();
    else process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear);
  return promise;
};

const bringUp = async (supervisor: Supervisor, watch: boolean): Promise<void> => {
  const { config, plan } = supervisor;
  const register = await claimDataDir(config);
  const ports = await claimPorts(config);
  const databaseUrl = await openDatabase(supervisor);
  if (plan.isClosed) return;
  await migrate(databaseUrl(), supervisor.log);
  if (plan.isClosed) return;
  const env = () =>
    environmentWith({
      ...compileCacheEnv(),
      DATABASE_URL: databaseUrl(),
      PORT: String(ports.port),
      LIVE_PORT: String(ports.livePort),
    });
  startRoles(supervisor, env, register, ports.port);
  await plan.add((leftMs) => stopRoles(supervisor.roles, leftMs));
  if (watch) await watchAndServe(supervisor, databaseUrl, ports.port);
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
const openDatabase = async ({ config, log, plan, say, roles }: Supervisor): Promise<() => string> => {
  const { databaseUrl } = config;
  if (databaseUrl !== null) return () => databaseUrl;
  const database = await keepDatabase({ dataDir: config.dataDir, log }, say, () => {
    for (const role of roles) role.restart();
  });
  await plan.add((leftMs) => database.stop(Math.max(300, leftMs)));
  return database.url;
};

const migrate = async (url: string, log: Logger): Promise<void> => {
  const { migrateUp } = await import('../kernel/db/migrate.ts');
  const { applied } = await migrateUp(url, log);
  if (applied.length > 0) log.info({ applied }, 'migrations applied');
};

const startRoles = (
  { config, roles, say }: Supervisor,
  env: () => NodeJS.ProcessEnv,
  register: RoleRegister,
  port: number,
): void => {
  const tell = announceOnce(config, port, say);
  const names = [...Array.from({ length: config.apiWorkers }, () => 'api'), 'worker', 'live'];
  for (const name of names) {
    const script = join(import.meta.dirname, `${name}.ts`);
    const onMessage = name === 'api' ? tell : undefined;
    roles.push(superviseProcess({ name, script, env, say, onMessage, onStart: register.add }));
  }
};

/** Says the address, and the set-up link where nobody can sign in yet, when the first api process is ready. */
const announceOnce = (config: Config, port: number, say: Supervisor['say']) => {
  let isSaid = false;
  return (message: unknown): void => {
    if (isSaid || !isReady(message)) return;
    isSaid = true;
    const address = config.port === port ? config.publicUrl : config.publicUrl.replace(/:0$/, `:${port}`);
    say(`${config.appName} answers at ${address}`);
    if (message.setupLink) {
      say(`Set up the administrator, once: ${new URL(message.setupLink, `${address}/`).href}`);
    }
  };
};

const isReady = (message: unknown): message is ReadyMessage =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';

const stopRoles = async (roles: readonly SupervisedProcess[], leftMs: number): Promise<void> => {
  await Promise.all(roles.map((role) => role.stop(Math.min(ROLES_MS, leftMs))));
};

const watchAndServe = async (
  supervisor: Supervisor,
  databaseUrl: () => string,
  port: number,
): Promise<void> => {
  const { roles, say, plan, log } = supervisor;
  const reload = () => {
    say('Sources changed: reloading.');
    for (const role of roles) role.restart();
  };
  const ends = [
    watchSources(join(projectRoot, 'server/src'), reload),
    watchSources(join(projectRoot, 'server/migrations'), () => {
      migrate(databaseUrl(), log).then(reload, (error: unknown) =>
        say(`The migration failed: ${reasonOf(error)}.`),
      );
    }),
  ];
  const vite = superviseProcess({
    name: 'page',
    script: join(projectRoot, 'node_modules/vite/bin/vite.js'),
    args: [join(projectRoot, 'web'), '--config', join(projectRoot, 'web/vite.config.ts')],
    env: () => environmentWith({ ANTENNE_API: `http://127.0.0.1:${port}` }),
    say,
  });
  await plan.add(async (leftMs) => {
    for (const end of ends) end();
    await vite.stop(Math.min(1_000, leftMs));
  });
};
