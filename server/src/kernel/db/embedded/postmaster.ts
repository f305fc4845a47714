import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { isAlive } from '../../process-lock.ts';
import { databaseName } from './cluster.ts';

/** What `postmaster.pid` says; see PostgreSQL's utils/pidfile.h for its lines. */
export interface Postmaster {
  pid: number;
  port: number;
  status: 'starting' | 'ready' | 'stopping' | '';
}

/** The running server of a cluster as its pid file describes it; undefined when there is none or it is dead. */
export const readPostmaster = (folder: string): Postmaster | undefined => {
  const lines = readLines(join(folder, 'postmaster.pid'));
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return undefined;
  return { pid, port: Number(lines[3] ?? 0), status: statusOf(lines[7]?.trim() ?? '') };
};

const readLines = (path: string): string[] => {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
};

const statusOf = (word: string): Postmaster['status'] =>
  word === 'ready' || word === 'starting' || word === 'stopping' ? word : '';

/**
 * Forgets a pid file whose number went to another program after a crash: PostgreSQL itself would refuse to start.
 * Every process of a server works in its cluster's folder, so the file stays while one of them does.
 * Returns true when the file was removed. Where /proc is missing nothing is removed.
 */
export const forgetRecycledPid = (folder: string, pid: number): boolean => {
  const real = realpathSync(folder);
  if (workingFolder(pid) === undefined || workingFolder(pid) === real) return false;
  const isServed = readdirSync('/proc').some(
    (name) => /^\d+$/.test(name) && workingFolder(Number(name)) === real,
  );
  if (isServed) return false;
  rmSync(join(folder, 'postmaster.pid'), { force: true });
  return true;
};

const workingFolder = (pid: number): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
};

/** Address of the program's database on a port of this machine. */
export const addressOf = (port: number, password: string): string =>
  `postgresql://${databaseName}:${password}@127.0.0.1:${port}/${databaseName}`;

/** True when the server there takes our password and serves this very folder. */
export const isOurs = async (folder: string, port: number, password: string): Promise<boolean> => {
  const client = new pg.Client({
    connectionString: addressOf(port, password),
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string }>(
      `select current_setting('data_directory') as folder`,
    );
    return rows[0] !== undefined && realpathSync(rows[0].folder) === realpathSync(folder);
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
};
