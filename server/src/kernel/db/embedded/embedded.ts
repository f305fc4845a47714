import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { generatedSecret } from '../../config/generated-secret.ts';
import { environmentWith } from '../../config/process-environment.ts';
import type { Logger } from '../../log/log.ts';
import { freePort } from '../../net/free-port.ts';
import { PlainError } from '../../plain-error.ts';
import { identityOf, takeLock } from '../../process-lock.ts';
import { codeOf, reasonOf } from '../../reason-of.ts';
import { type Account, chooseAccount } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import { plainFailure } from './failure.ts';
import { addressOf, forgetRecycledPid, isOurs, type Postmaster, readPostmaster } from './postmaster.ts';
import { serverSettings } from './server-settings.ts';

/** The embedded database while it runs. */
export interface EmbeddedDatabase {
  /** For pg: role, password, 127.0.0.1 and the chosen port. */
  url: string;
  pid: number;
  /** True when it was running already, left by a program that was killed or started by another one. */
  reused: boolean;
  /** Ends sessions and writes everything down; after `graceMs` (3000) without that step. Nothing acknowledged is lost. */
  stop(graceMs?: number): Promise<void>;
}

/** Where the cluster is kept and who is told. */
export interface EmbeddedOptions {
  /** Absolute; the cluster is its `postgres` folder. */
  dataDir: string;
  log: Pick<Logger, 'debug' | 'info' | 'warn'>;
  /** Server settings over the usual ones, such as `{ fsync: 'off' }` for a test's throw-away cluster. */
  settings?: Record<string, string>;
  /** Taken when it is free, so that a restart keeps the address; else any other. */
  port?: number;
}

const folderOf = (dataDir: string) => join(dataDir, 'postgres');
const passwordOf = (dataDir: string) => generatedSecret(dataDir, 'database-password');

/**
 * Starts the cluster of a data folder, made at the first call; takes over one that still runs.
 * Throws a PlainError that says in a sentence why it can't.
 */
export const startEmbeddedDatabase = async (options: EmbeddedOptions): Promise<EmbeddedDatabase> => {
  try {
    mkdirSync(options.dataDir, { recursive: true, mode: 0o755 });
    const lock = await takeLock(join(options.dataDir, 'locks/database'), 60_000);
    if ('heldByPid' in lock)
      throw new PlainError(`Process ${lock.heldByPid} has been starting the same database for a minute.`);
    try {
      return await startLocked(options);
    } finally {
      lock.release();
    }
  } catch (error) {
    if (error instanceof PlainError || codeOf(error) === undefined) throw error;
    throw new PlainError(`The database in ${options.dataDir} can't be used: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
};

/** Address of a data folder's database when it runs already, started by another process; else null. */
export const attachEmbeddedDatabase = async (dataDir: string): Promise<string | null> => {
  const folder = folderOf(dataDir);
  const postmaster = readPostmaster(folder);
  if (!postmaster) return null;
  const password = passwordOf(dataDir);
  return (await isOurs(folder, postmaster.port, password)) ? addressOf(postmaster.port, password) : null;
};

const startLocked = async (options: EmbeddedOptions): Promise<EmbeddedDatabase> => {
  const folder = folderOf(options.dataDir);
  const password = passwordOf(options.dataDir);
  const running = await findRunning(folder, password, options.log);
  if (running) return handleOf(folder, running, password, true);
  const binaries = findBinaries(join(options.dataDir, 'postgres-libraries'));
  const account = chooseAccount(folder, binaries.folder, [options.dataDir, realpathSync(options.dataDir)]);
  await ensureCluster(folder, binaries, account, password);
  const postmaster = await launch(folder, binaries, account, options);
  if (!(await isOurs(folder, postmaster.port, password))) {
    await handleOf(folder, postmaster, password, false).stop();
    throw new PlainError(
      `The database in ${folder} refuses the password kept in ${options.dataDir}/secrets/database-password.`,
    );
  }
  return handleOf(folder, postmaster, password, false);
};

/** A server that a killed program left behind; waits while it is coming up or going down. */
const findRunning = async (folder: string, password: string, log: EmbeddedOptions['log']) => {
  const giveUpAt = Date.now() + 60_000;
  for (;;) {
    const postmaster = readPostmaster(folder);
    if (!postmaster) return undefined;
    if (postmaster.status === 'ready' && (await isOurs(folder, postmaster.port, password))) return postmaster;
    if (forgetRecycledPid(folder, postmaster.pid)) {
      log.warn({ pid: postmaster.pid }, 'a stale pid file of the database was removed');
      return undefined;
    }
    if (Date.now() > giveUpAt) {
      throw new PlainError(`Process ${postmaster.pid} holds the database in ${folder} and does not answer.`);
    }
    await pause(50);
  }
};

/** Starts the server as the head of its own process group, so that a terminal's Ctrl-C doesn't reach it. */
const launch = async (folder: string, binaries: Binaries, account: Account, options: EmbeddedOptions) => {
  const journal = join(folder, 'start.log');
  let port = options.port ?? (await freePort());
  for (let attempt = 1; ; attempt += 1) {
    const settings = Object.entries({ ...serverSettings, ...options.settings, port: String(port) });
    const args = ['-D', folder, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const exit = spawnServer(account.wrap('./postgres', args), binaries, account, journal);
    const postmaster = await waitUntilReady(folder, exit);
    if (postmaster) return postmaster;
    const said = readFileSync(journal, 'utf8');
    const isPortGone = /could not bind|could not create any TCP/.test(said);
    // Children of a killed server may need a moment to notice that it is gone.
    const isPassing = isPortGone || /shared memory block .* still in use/.test(said);
    if (!isPassing || attempt === 50) throw plainFailure('The database did not start', said, exit.error);
    if (isPortGone) port = await freePort();
    await pause(100);
  }
};

interface Exit {
  isOver: boolean;
  error?: Error;
}

const spawnServer = (
  command: { program: string; args: string[] },
  binaries: Binaries,
  account: Account,
  journal: string,
): Exit => {
  const output = openSync(journal, 'w', 0o600);
  const exit: Exit = { isOver: false };
  const child = spawn(command.program, command.args, {
    cwd: binaries.folder,
    env: environmentWith(binaries.env),
    detached: true,
    stdio: ['ignore', output, output],
    ...account.spawnAs,
  });
  closeSync(output);
  child.unref();
  child.on('error', (error) => Object.assign(exit, { isOver: true, error }));
  child.on('exit', () => Object.assign(exit, { isOver: true }));
  return exit;
};

const waitUntilReady = async (folder: string, exit: Exit): Promise<Postmaster | undefined> => {
  // After a crash the server first repeats its journal; that may take minutes and must not be cut.
  const giveUpAt = Date.now() + 600_000;
  while (!exit.isOver && Date.now() < giveUpAt) {
    const postmaster = readPostmaster(folder);
    if (postmaster?.status === 'ready') return postmaster;
    await pause(5);
  }
  return undefined;
};

const handleOf = (
  folder: string,
  { pid, port }: Postmaster,
  password: string,
  reused: boolean,
): EmbeddedDatabase => ({
  url: addressOf(port, password),
  pid,
  reused,
  stop: async (graceMs = 3_000) => {
    // SIGINT ends sessions and writes everything down; SIGQUIT leaves that to the next start.
    if (await endsWithin(folder, pid, 'SIGINT', graceMs)) return;
    await endsWithin(folder, pid, 'SIGQUIT', 1_000);
  },
});

/** Signals the server and waits for its process, which goes a little after its pid file. */
const endsWithin = async (
  folder: string,
  pid: number,
  signal: NodeJS.Signals,
  waitMs: number,
): Promise<boolean> => {
  const giveUpAt = Date.now() + waitMs;
  const identity = identityOf(pid);
  if (identity === undefined) return true;
  if (readPostmaster(folder)?.pid === pid) process.kill(pid, signal);
  while (identityOf(pid) === identity) {
    if (Date.now() >= giveUpAt) return false;
    await pause(10);
  }
  return true;
};
