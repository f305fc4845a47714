import { spawn } from 'node:child_process';
import { access, appendFile, chmod, chown, mkdir } from 'node:fs/promises';
import { freePort } from '../../e2e/harness/station.ts';
import { PG_BIN, run } from './parts.ts';

/** One PostgreSQL server that both sides use, each with a database of its own. */
export interface Cluster {
  url(database: string): string;
  /** Runs SQL or psql commands given on standard input. */
  psql(database: string, script: string): Promise<string>;
  stop(): Promise<void>;
}

const SETTINGS = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 256MB
effective_cache_size = 2GB
max_connections = 100
max_wal_size = 2GB
`;

/**
 * initdb (unless an earlier run kept its data there) and start in `folder`, on a free port; as the user postgres when
 * we are root, whom PostgreSQL refuses. `settings` are lines of postgresql.conf over our own.
 */
export async function startCluster(folder: string, settings = ''): Promise<Cluster> {
  const asUser = process.getuid?.() === 0 ? await postgresUser() : null;
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  if (asUser) await chown(folder, asUser.uid, asUser.gid);
  const data = `${folder}/data`;
  const port = await freePort();
  const initdb = ['-D', data, '-U', 'bench', '-A', 'trust', '--encoding=UTF8', '--locale=C.UTF-8'];
  const isThere = await access(`${data}/PG_VERSION`).then(
    () => true,
    () => false,
  );
  if (!isThere) await run(`${PG_BIN}/initdb`, initdb, { ...asUser, cwd: folder });
  // Of lines that say the same the last one counts.
  await appendFile(`${data}/postgresql.conf`, `${SETTINGS}${settings}\nport = ${port}\n`);
  const control = (...rest: string[]) =>
    run(`${PG_BIN}/pg_ctl`, ['-D', data, '-l', `${folder}/log`, '-w', ...rest], { ...asUser, cwd: folder });
  await control('start');
  const url = (database: string) => `postgresql://bench@127.0.0.1:${port}/${database}`;
  return {
    url,
    psql: (database, script) => pipe('psql', ['-qAtX', '-v', 'ON_ERROR_STOP=1', '-d', url(database)], script),
    stop: async () => {
      await control('stop', '-m', 'immediate');
    },
  };
}

async function postgresUser(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'postgres'])));
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
}

function pipe(command: string, args: string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let complaint = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      complaint += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command}: ${complaint}`)),
    );
    child.stdin.end(input);
  });
}
