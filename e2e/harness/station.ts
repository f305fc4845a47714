import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ANTENNE = fileURLToPath(new URL('../../antenne', import.meta.url));

export const ADMIN = { email: 'admin@antenne.test', password: 'Correct-horse-battery-2026' };

export interface StationOptions {
  /** Keep using the data of an earlier one. */
  dataDir?: string;
  port?: number;
  env?: Record<string, string>;
  /** No INITIAL_ADMIN_*: the start prints a set-up link. */
  withoutAdmin?: boolean;
}

/** The whole program as its users run it: `antenne start` with its database and every role, in real processes. */
export interface Station {
  base: string;
  port: number;
  dataDir: string;
  process: ChildProcess;
  /** Everything printed so far. */
  output(): string;
  /** Pids of this station's processes whose command line contains the text (`api.ts`, `worker.ts`, `postgres`). */
  pids(text: string): Promise<number[]>;
  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  json<T>(method: string, path: string, body?: unknown): Promise<T>;
  signIn(): Promise<string>;
  /** SIGTERM, and wait for the end; returns the milliseconds it took. */
  stop(): Promise<number>;
  /** Ends whatever is left and removes the data. */
  clean(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}

/** Starts the station and waits until it is healthy. */
export async function startStation(options: StationOptions = {}): Promise<Station> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'antenne-e2e-')));
  const port = options.port ?? (await freePort());
  const env: Record<string, string> = {
    ...(process.env as Record<string, string>),
    HOST: '127.0.0.1',
    PORT: String(port),
    LIVE_PORT: String(await freePort()),
    DATA_DIR: dataDir,
    RATE_LIMIT_PER_MINUTE: '100000',
    EXTRACTION_ALLOWED_HOSTS: '127.0.0.1,localhost',
    ...(options.withoutAdmin
      ? {}
      : { INITIAL_ADMIN_EMAIL: ADMIN.email, INITIAL_ADMIN_PASSWORD: ADMIN.password }),
    ...options.env,
  };
  const child = spawn(ANTENNE, ['start'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => (printed += String(chunk)));
  const station = stationOf(child, dataDir, port, () => printed);
  try {
    await untilHealthy(station, child);
  } catch (error) {
    await station.clean();
    throw error;
  }
  return station;
}

function stationOf(child: ChildProcess, dataDir: string, port: number, output: () => string): Station {
  const base = `http://127.0.0.1:${port}`;
  let token: string | null = null;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const station: Station = {
    base,
    port,
    dataDir,
    process: child,
    output,
    pids: (text) => pidsOf(dataDir, text),
    api: (method, address, body, headers = {}) =>
      fetch(`${base}${address}`, {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? null : JSON.stringify(body),
      }),
    json: async <T>(method: string, address: string, body?: unknown) => {
      const reply = await station.api(method, address, body);
      if (!reply.ok) throw new Error(`${method} ${address}: ${reply.status} ${await reply.text()}`);
      return (await reply.json()) as T;
    },
    signIn: async () => {
      token = null;
      const { access_token } = await station.json<{ access_token: string }>(
        'POST',
        '/api/v1/auth/login',
        ADMIN,
      );
      token = access_token;
      return access_token;
    },
    stop: async () => {
      const started = performance.now();
      child.kill('SIGTERM');
      await Promise.race([ended, delay(15_000)]);
      return performance.now() - started;
    },
    clean: async () => {
      child.kill('SIGKILL');
      for (const pid of await pidsOf(dataDir, '')) kill(pid);
      await delay(100);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return station;
}

async function untilHealthy(station: Station, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 1800; i++) {
    if (child.exitCode !== null) break;
    const reply = await fetch(`${station.base}/health`).catch(() => null);
    if (reply?.ok) return;
    await delay(50);
  }
  throw new Error(`the station did not start:\n${station.output().slice(-2_000)}`);
}

/** Processes that carry this DATA_DIR in their environment or command line, zombies apart. */
async function pidsOf(dataDir: string, text: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const [environ, command, stat] = await Promise.all(
      ['environ', 'cmdline', 'stat'].map((file) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '')),
    );
    const isOurs = environ?.includes(`DATA_DIR=${dataDir}\0`) || command?.includes(dataDir);
    const isDead = / Z /.test(stat ?? '') || command === '';
    if (isOurs && !isDead && command?.replaceAll('\0', ' ').includes(text)) found.push(Number(name));
  }
  return found;
}

/** kill -9, harmless when it has gone already. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Asks again until the answer satisfies; fails with the last answer. */
export async function until<T>(
  ask: () => Promise<T>,
  isEnough: (answer: T) => boolean,
  seconds = 60,
): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  let last: T | undefined;
  let fault: unknown;
  while (performance.now() < deadline) {
    try {
      last = await ask();
      if (isEnough(last)) return last;
    } catch (error) {
      fault = error;
    }
    await delay(100);
  }
  throw new Error(`after ${seconds} s still: ${JSON.stringify(last)}`, { cause: fault });
}
