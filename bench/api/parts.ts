import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const run = promisify(execFile);

export const PG_BIN = process.env.PG_BIN ?? '/usr/lib/postgresql/15/bin';
export const PYTHON = '/usr/bin/python3';
export const WORDS = process.env.WORDS ?? '/usr/share/dict/french';
export const PEER = fileURLToPath(new URL('../peers/api/', import.meta.url));

/** What the bench needs besides this repository, each with the way to get it. */
const NEEDED: [what: string, check: () => Promise<unknown>][] = [
  ['PostgreSQL 15 (apt-get install postgresql-15, or PG_BIN)', () => access(`${PG_BIN}/initdb`)],
  ['psql (apt-get install postgresql-client-15)', () => run('psql', ['--version'])],
  ['wrk (apt-get install wrk)', () => run('sh', ['-c', 'command -v wrk'])],
  ['French words (apt-get install wfrench, or WORDS)', () => access(WORDS)],
  [
    'FastAPI with SQLAlchemy (apt-get install python3-fastapi uvicorn python3-sqlalchemy python3-asyncpg)',
    () => run(PYTHON, ['-c', 'import fastapi, uvicorn, sqlalchemy, asyncpg']),
  ],
];

/** One sentence for each missing part; nothing when all are there. */
export async function missingParts(): Promise<string[]> {
  const found = await Promise.all(
    NEEDED.map(([what, check]) =>
      check().then(
        () => null,
        () => `missing: ${what}`,
      ),
    ),
  );
  return found.filter((sentence) => sentence !== null);
}
