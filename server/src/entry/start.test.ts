import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { environmentWith, projectRoot } from '../kernel/config/process-environment.ts';
import { freePort } from '../kernel/net/free-port.ts';
import { isAlive } from '../kernel/process-lock.ts';

const cli = join(projectRoot, 'server/src/entry/cli.ts');
let dataDir: string;
let port: number;
let livePort: number;
const started: ChildProcess[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'antenne start '));
  [port, livePort] = [await freePort(), await freePort()];
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const environment = () =>
  environmentWith({
    ...{ DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: String(port), LIVE_PORT: String(livePort) },
    ...{ ENVIRONMENT: 'development', DATABASE_URL: '', API_WORKERS: '1', LOG_LEVEL: 'warning' },
  });

/** Starts the real program; `said` grows with what it says. */
const begin = () => {
  const child = spawn(process.execPath, [cli, 'start'], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const run = { child, said: '', ended: once(child, 'exit') };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      run.said += chunk.toString('utf8');
    });
  }
  return run;
};

const until = async (
  what: string,
  isSo: () => Promise<boolean> | boolean,
  waitMs = 25_000,
): Promise<void> => {
  const giveUpAt = Date.now() + waitMs;
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) throw new Error(`waited in vain: ${what}`);
    await pause(25);
  }
};

const isHealthy = async (): Promise<boolean> => {
  try {
    const reply = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2_000) });
    return (await reply.text()).includes('"database":"connected"');
  } catch {
    return false;
  }
};

const beginHealthy = async () => {
  const run = begin();
  await until(`health; it said: ${run.said}`, isHealthy);
  return run;
};

/** Every living process that carries our data folder: roles, their helpers, the database. */
const ours = (): number[] =>
  readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const isOurs = readFileSync(`/proc/${name}/environ`, 'utf8')
        .split('\0')
        .includes(`DATA_DIR=${dataDir}`);
      return isOurs && !/\) [ZX] /.test(readFileSync(`/proc/${name}/stat`, 'utf8')) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });

const pidsOf = (words: string): number[] =>
  ours().filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(words));

const runOnce = (args: string[]): Promise<{ code: number; said: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { env: environment() }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: stdout + stderr });
    });
  });

describe('./antenne start', () => {
  it('answers, says where, prints the set-up link, and leaves nothing running', async () => {
    const run = await beginHealthy();
    await until('the address', () => run.said.includes(`answers at http://127.0.0.1:${port}`));
    expect(run.said).toMatch(new RegExp(`once: http://127\\.0\\.0\\.1:${port}/\\S*[\\w-]{32,}`));
    await until(
      'the roles',
      () => pidsOf('entry/worker.ts').length === 1 && pidsOf('entry/live.ts').length === 1,
    );
    run.child.kill('SIGTERM');
    expect(await run.ended).toEqual([0, null]);
    expect(ours()).toEqual([]);
  });

  it('refuses a second start on the same data, in one sentence', async () => {
    await beginHealthy();
    const second = await runOnce(['start']);
    expect(second).toEqual({
      code: 1,
      said: expect.stringMatching(
        new RegExp(`^antenne: Antenne runs already on ${dataDir} \\(process \\d+\\)\\.\n$`),
      ),
    });
    expect(await isHealthy()).toBe(true);
  });

  it('brings back a role, and the database at its old address, after kill -9', async () => {
    const run = await beginHealthy();
    const [api = 0] = pidsOf('entry/api.ts');
    process.kill(api, 'SIGKILL');
    await until('a new api', async () => !pidsOf('entry/api.ts').includes(api) && (await isHealthy()));
    expect(run.said).toContain('The api process ended (SIGKILL)');

    const postmaster = () => {
      try {
        return Number.parseInt(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10);
      } catch {
        // Between two databases there is none.
        return null;
      }
    };
    const [earlier, roles] = [postmaster() ?? 0, pidsOf('entry/api.ts')];
    process.kill(earlier, 'SIGKILL');
    await until('a new database', async () => ![earlier, null].includes(postmaster()) && (await isHealthy()));
    expect(run.said).toContain('The database ended by itself');
    // Roles are restarted only when the address changed.
    expect(pidsOf('entry/api.ts')).toEqual(roles);
  });

  it('leaves no role behind when it is killed, and starts again on the database that lived on', async () => {
    const first = await beginHealthy();
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await beginHealthy();
    expect(second.said).not.toContain('in use');
    await until('the earlier roles to be gone', () => pidsOf('entry/api.ts').length === 1);
    second.child.kill('SIGINT');
    expect(await second.ended).toEqual([0, null]);
    expect(ours()).toEqual([]);
  });

  it('ends cleanly when asked to in the middle of a start', async () => {
    const run = begin();
    await until('a sign of life', () => ours().length > 1);
    run.child.kill('SIGINT');
    expect((await run.ended)[0]).toBe(0);
    expect(ours()).toEqual([]);
  });

  it.each(['PORT', 'LIVE_PORT'])('names a busy %s before anything is started', async (variable) => {
    const taken: Server = createServer();
    taken.listen(variable === 'PORT' ? port : livePort, '127.0.0.1');
    await once(taken, 'listening');
    const { code, said } = await runOnce(['start']);
    taken.close();
    expect(code).toBe(1);
    expect(said).toMatch(
      new RegExp(
        `^antenne: Port \\d+ of 127\\.0\\.0\\.1 is in use by another program: stop that one, or set ${variable}\\.\n$`,
      ),
    );
    expect(ours().filter(isAlive)).toEqual([]);
  });

  it('lets migrate work on its database, running or not', async () => {
    const apart = await runOnce(['migrate', 'current']);
    expect(apart).toEqual({ code: 0, said: expect.stringMatching(/^\d{4}-\S+\n$/) });
    expect(ours()).toEqual([]);
    await beginHealthy();
    expect(await runOnce(['migrate', 'current'])).toEqual(apart);
    expect(await isHealthy()).toBe(true);
  });
});
