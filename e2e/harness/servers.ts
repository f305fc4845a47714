import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { partPath } from './parts.ts';
import { freePort, until } from './station.ts';

const run = promisify(execFile);

export interface RealServer {
  url: string;
  port: number;
  folder: string;
  process: ChildProcess;
  stop(): Promise<void>;
}

/** Debian's PostgreSQL 15 with a cluster of its own; as root it runs under the `postgres` account. */
export async function startPostgres(): Promise<RealServer> {
  const postgres = partPath('postgres');
  const folder = await mkdtemp(path.join(tmpdir(), 'antenne-pg15-'));
  const account = process.getuid?.() === 0 ? await accountOf('postgres') : null;
  if (account) await chown(folder, account.uid, account.gid);
  const data = path.join(folder, 'data');
  await run(
    path.join(path.dirname(postgres), 'initdb'),
    ['-D', data, '-A', 'trust', '-U', 'antenne', '--encoding=UTF8', '--locale=C.UTF-8'],
    { ...account },
  );
  const port = await freePort();
  const settings = ['-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'];
  const child = spawn(postgres, ['-D', data, ...settings], { stdio: 'ignore', ...account });
  const url = `postgresql://antenne@127.0.0.1:${port}/antenne`;
  const admin = (sql: string) =>
    run(partPath('postgres').replace(/postgres$/, 'psql'), [
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-U',
      'antenne',
      '-d',
      'postgres',
      '-c',
      sql,
    ]);
  await until(
    () => admin('create database antenne'),
    () => true,
    20,
  );
  return serverOf(child, { url, port, folder });
}

/** Debian's Redis, in memory only. */
export async function startRedis(): Promise<RealServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'antenne-redis-'));
  const port = await freePort();
  const child = spawn(
    partPath('redis'),
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
    { stdio: 'ignore' },
  );
  return serverOf(child, { url: `redis://127.0.0.1:${port}`, port, folder });
}

/** Debian's nginx in front of an application that answers with X-Accel-Redirect under /_sound/. */
export async function startNginx(upstream: string, soundFolder: string): Promise<RealServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'antenne-nginx-'));
  // The worker account must be able to walk down to its own temporary folders and to the sound.
  await chmod(folder, 0o755);
  await mkdir(path.join(folder, 'tmp'));
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/tmp/${kind};`,
  );
  await writeFile(
    path.join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log; ${process.getuid?.() === 0 ? 'user root;' : ''}
     events { worker_connections 256; }
     http { access_log off; sendfile on; ${temporary.join(' ')}
       server { listen 127.0.0.1:${port};
         location / { proxy_pass ${upstream}; proxy_http_version 1.1; proxy_set_header Host $host; }
         location /_sound/ { internal; alias ${soundFolder}/; } } }`,
  );
  const child = spawn(partPath('nginx'), ['-c', path.join(folder, 'nginx.conf')], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await until(
    () => fetch(url),
    (reply) => reply.status > 0,
    10,
  );
  return serverOf(child, { url, port, folder });
}

async function accountOf(name: string): Promise<{ uid: number; gid: number } | null> {
  const line = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

function serverOf(child: ChildProcess, known: { url: string; port: number; folder: string }): RealServer {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    ...known,
    process: child,
    stop: async () => {
      child.kill('SIGINT');
      const hard = setTimeout(() => child.kill('SIGKILL'), 5_000);
      if (child.exitCode === null && child.signalCode === null) await ended;
      clearTimeout(hard);
      await rm(known.folder, { recursive: true, force: true });
    },
  };
}
