import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PlainError } from '../../plain-error.ts';
import { identityOf, isAlive } from '../../process-lock.ts';
import { attachEmbeddedDatabase, type EmbeddedDatabase, startEmbeddedDatabase } from './embedded.ts';

const isRoot = process.getuid?.() === 0;
const warnings: unknown[] = [];
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (...said: unknown[]) => void warnings.push(said),
};

let folder: string;
let dataDir: string;
/** A data folder whose cluster is made already, for tests that are about something else. */
let made: string;
beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'antenne made '));
  chmodSync(made, 0o755);
  await (await startEmbeddedDatabase({ dataDir: made, log })).stop();
});
afterAll(() => rmSync(made, { recursive: true, force: true }));
const copyMade = () => execFileSync('cp', ['-a', made, dataDir]);

const running: EmbeddedDatabase[] = [];
const others: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'antenne db '));
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  for (const other of others.splice(0)) other.kill('SIGKILL');
  for (const database of running.splice(0)) await database.stop();
  rmSync(folder, { recursive: true, force: true });
});

const start = async (): Promise<EmbeddedDatabase> => {
  const database = await startEmbeddedDatabase({ dataDir, log });
  running.push(database);
  return database;
};

const ask = async (url: string, statement: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
};

const keep = (url: string) => ask(url, 'create table kept as select 1 as n');
const kept = (url: string) => ask(url, 'select count(*)::int from kept');
const pidFile = () => join(dataDir, 'postgres/postmaster.pid');

const gone = async (pid: number): Promise<void> => {
  while (isAlive(pid)) await pause(5);
};

describe('the embedded database', () => {
  it('is PostgreSQL 18 that writes to the disk, knows French letters, and gives its role no more than it needs', async () => {
    const { url } = await start();
    expect(await ask(url, 'show server_version_num')).toEqual([expect.stringMatching(/^18/)]);
    expect(await ask(url, 'show fsync')).toEqual(['on']);
    expect(await ask(url, `select upper('é'), lower('ÉCOLE')`)).toEqual(['É', 'école']);
    for (const name of ['pg_trgm', 'unaccent', 'hstore', 'btree_gist'])
      await ask(url, `create extension ${name}`);
    expect(await ask(url, 'select rolsuper from pg_roles where rolname = current_user')).toEqual([false]);
    await ask(url, 'create database another');
    const wrong = url.replace(/:[^:@]+@/, ':wrong@');
    await expect(ask(wrong, 'select 1')).rejects.toThrow(/password authentication failed/);
    await expect(ask(url.replace('//antenne:', '//postgres:'), 'select 1')).rejects.toThrow(
      /pg_hba|no entry/,
    );
  });

  it('keeps what was written over a stop and a start, and leaves no draft', async () => {
    copyMade();
    const first = await start();
    await keep(first.url);
    await first.stop();
    // Not isAlive: our own child has a number until Node has heard of its end.
    expect(identityOf(first.pid)).toBeUndefined();
    expect(existsSync(pidFile())).toBe(false);
    const second = await start();
    expect(second.reused).toBe(false);
    expect(await kept(second.url)).toEqual([1]);
    expect(readdirSync(dataDir).sort()).toEqual(['locks', 'postgres', 'secrets']);
  });

  it('is taken over while it lives, and found without being started', async () => {
    copyMade();
    expect(await attachEmbeddedDatabase(dataDir)).toBeNull();
    const first = await start();
    const again = await startEmbeddedDatabase({ dataDir, log });
    expect(again).toMatchObject({ reused: true, pid: first.pid, url: first.url });
    expect(await attachEmbeddedDatabase(dataDir)).toBe(first.url);
    await again.stop();
    expect(identityOf(first.pid)).toBeUndefined();
    expect(await attachEmbeddedDatabase(dataDir)).toBeNull();
  });

  it('outlives the program that started it, for the next one to take over', async () => {
    copyMade();
    const script = join(folder, 'starter.mjs');
    writeFileSync(
      script,
      `import { startEmbeddedDatabase } from ${JSON.stringify(join(import.meta.dirname, 'embedded.ts'))};
       const log = { debug() {}, info() {}, warn() {} };
       const { pid, url } = await startEmbeddedDatabase({ dataDir: process.argv[2], log });
       process.send({ pid, url }); setInterval(() => {}, 1000);`,
    );
    const starter = fork(script, [dataDir]);
    others.push(starter);
    const [{ pid, url }] = await once(starter, 'message');
    await keep(url);
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    expect(await start()).toMatchObject({ reused: true, pid, url });
    expect(await kept(url)).toEqual([1]);
  });

  it('comes back with everything acknowledged after kill -9, at the port asked for', async () => {
    copyMade();
    const first = await start();
    await keep(first.url);
    process.kill(first.pid, 'SIGKILL');
    await gone(first.pid);
    expect(existsSync(pidFile())).toBe(true);
    const port = Number(new URL(first.url).port);
    const second = await startEmbeddedDatabase({ dataDir, log, port });
    running.push(second);
    expect(second).toMatchObject({ reused: false, url: first.url });
    expect(await kept(second.url)).toEqual([1]);
  });

  it('is not misled by a pid file whose number belongs to another program now', async () => {
    copyMade();
    const first = await start();
    await keep(first.url);
    const lines = readFileSync(pidFile(), 'utf8').split('\n');
    await first.stop();
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    others.push(stranger);
    await once(stranger, 'spawn');
    writeFileSync(pidFile(), [stranger.pid, ...lines.slice(1)].join('\n'));
    const second = await start();
    expect(second.reused).toBe(false);
    expect(await kept(second.url)).toEqual([1]);
    expect(warnings).toHaveLength(1);
  });

  it('is made once for two that start at the same time', async () => {
    const [one, other] = await Promise.all([start(), startApart()]);
    expect(one.pid).toBe(other.pid);
    expect(one.url).toBe(other.url);
  });

  it('begins anew after a making that was killed half-way', async () => {
    mkdirSync(join(dataDir, 'postgres.draft-1/base'), { recursive: true });
    await start();
    expect(readdirSync(dataDir)).not.toContain('postgres.draft-1');
  });

  it('says in a sentence when its folder is of another version', async () => {
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres/PG_VERSION'), '15\n');
    await expect(start()).rejects.toThrow(
      new PlainError(`The database in ${dataDir}/postgres is of PostgreSQL 15; this program brings 18.`),
    );
  });

  it('says in a sentence when its folder is in the way of something else', async () => {
    writeFileSync(dataDir, '');
    await expect(start()).rejects.toThrow(
      /^The database in .* can't be used: something of that name is in the way\.$/,
    );
  });

  it('says in a sentence when the password kept is no longer the one it knows', async () => {
    copyMade();
    await (await start()).stop();
    writeFileSync(join(dataDir, 'secrets/database-password'), 'another');
    await expect(start()).rejects.toThrow(/refuses the password kept in .*secrets\/database-password\.$/);
    expect(existsSync(pidFile())).toBe(false);
  });
});

const startApart = (): Promise<{ pid: number; url: string }> => {
  const script = `
    const { startEmbeddedDatabase } = await import(${JSON.stringify(join(import.meta.dirname, 'embedded.ts'))});
    const log = { debug() {}, info() {}, warn() {} };
    const { pid, url } = await startEmbeddedDatabase({ dataDir: process.argv[1], log });
    process.stdout.write(JSON.stringify({ pid, url }));`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir]);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', () => resolve(JSON.parse(said)));
  });
};

describe.runIf(isRoot)('started by root', () => {
  it('runs as another account, which owns the cluster and nothing else', async () => {
    const { pid } = await start();
    const uid = statSync(join(dataDir, 'postgres')).uid;
    expect(uid).toBeGreaterThan(0);
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(
      new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s`, 'm'),
    );
    expect([statSync(dataDir).uid, statSync(join(dataDir, 'secrets')).uid]).toEqual([0, 0]);
  });

  it('works below a folder that only root may enter', async ({ skip }) => {
    try {
      execFileSync('setpriv', ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search', 'true'], {
        stdio: 'ignore',
      });
    } catch {
      skip('root may not lend the right to read here (CAP_DAC_READ_SEARCH)');
    }
    chmodSync(folder, 0o700);
    const first = await start();
    await keep(first.url);
    await first.stop();
    expect(await kept((await start()).url)).toEqual([1]);
  });

  it('goes on as the account that owns the cluster already', async () => {
    copyMade();
    await (await start()).stop();
    const [uid, gid] = ['-u', '-g'].map((which) =>
      Number(execFileSync('id', [which, 'nobody'], { encoding: 'utf8' })),
    );
    execFileSync('chown', ['-R', `${uid}:${gid}`, join(dataDir, 'postgres')]);
    const { pid } = await start();
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(new RegExp(`^Uid:\\s+${uid}\\s`, 'm'));
  });
});
