import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { environmentWith } from '../../config/process-environment.ts';
import { PlainError } from '../../plain-error.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { plainFailure } from './failure.ts';

/** Name of the database, and of the role that the program signs in with. */
export const databaseName = 'antenne';

/** Major version of the bundled programs: a cluster of another one can't be opened by them. */
const majorVersion = '18';

const accessRules = `# Only the program's own role, only from this machine, only with its password.
host all ${databaseName} 127.0.0.1/32 scram-sha-256
`;

/** Makes the cluster when there is none yet: whole or not at all, and as `account` where that isn't ourselves. */
export const ensureCluster = async (
  folder: string,
  binaries: Binaries,
  account: Account,
  password: string,
): Promise<void> => {
  removeDrafts(folder);
  if (existsSync(join(folder, 'PG_VERSION'))) {
    const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
    if (version === majorVersion) return;
    throw new PlainError(
      `The database in ${folder} is of PostgreSQL ${version}; this program brings ${majorVersion}.`,
    );
  }
  const draft = `${folder}.draft-${process.pid}`;
  try {
    await makeCluster(draft, binaries, account, password);
    // A folder that someone made beforehand (a mount point, say) gives way only when it is empty.
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
};

const removeDrafts = (folder: string): void => {
  const prefix = `${basename(folder)}.draft-`;
  for (const name of readdirSync(dirname(folder))) {
    if (name.startsWith(prefix)) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
};

const makeCluster = async (
  draft: string,
  binaries: Binaries,
  account: Account,
  password: string,
): Promise<void> => {
  mkdirSync(draft, { mode: 0o700 });
  chmodSync(draft, 0o700);
  if (account.owner) chownSync(draft, account.owner.uid, account.owner.gid);
  const locale = ['--encoding=UTF8', '--locale=C.UTF-8', '--lc-messages=C', '--text-search-config=simple'];
  await run(
    './initdb',
    ['--pgdata', draft, '--username=postgres', '--auth=reject', ...locale],
    binaries,
    account,
  );
  writeFileSync(join(draft, 'pg_hba.conf'), accessRules);
  // Single-user mode reads one statement per line. The role is no superuser: the server can read what it may not.
  await run(
    './postgres',
    ['--single', '-D', draft, '-c', 'log_statement=none', 'postgres'],
    binaries,
    account,
    [
      `CREATE ROLE ${databaseName} LOGIN CREATEDB PASSWORD '${password}' IN ROLE pg_monitor, pg_signal_backend`,
      `CREATE DATABASE ${databaseName} OWNER ${databaseName}`,
    ],
  );
};

/** Runs one of PostgreSQL's programs to its end; throws a sentence with its own words when it fails. */
const run = (program: string, args: string[], binaries: Binaries, account: Account, lines: string[] = []) =>
  new Promise<void>((resolve, reject) => {
    const command = account.wrap(program, args);
    const child = spawn(command.program, command.args, {
      cwd: binaries.folder,
      env: environmentWith(binaries.env),
      stdio: ['pipe', 'pipe', 'pipe'],
      ...account.spawnAs,
    });
    let said = '';
    const listen = (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-8_000);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.stdin.on('error', () => undefined);
    child.stdin.end(lines.map((line) => `${line};\n`).join(''));
    child.on('error', (error) => reject(plainFailure('The database could not be made', said, error)));
    child.on('close', (status) => {
      // Single-user mode goes on after a failed statement and ends well: its words count.
      if (status === 0 && !/\b(ERROR|FATAL|PANIC):/.test(said)) resolve();
      else reject(plainFailure('The database could not be made', said));
    });
  });
