import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Migration, type MigrationProvider, type MigrationResultSet, Migrator } from 'kysely/migration';
import type { Logger } from '../log/log.ts';
import { openDb } from './db.ts';
import { unusable } from './unusable.ts';

const FOLDER = fileURLToPath(new URL('../../../migrations', import.meta.url));
const FILE_NAME = /^(\d{4}-[a-z0-9-]+)\.ts$/;

/** Reads `migrations/0001-name.ts` files in order of their number. */
const provider: MigrationProvider = {
  async getMigrations() {
    const migrations: Record<string, Migration> = {};
    for (const file of (await readdir(FOLDER)).sort()) {
      const name = FILE_NAME.exec(file)?.[1];
      if (name) migrations[name] = (await import(pathToFileURL(path.join(FOLDER, file)).href)) as Migration;
    }
    return migrations;
  },
};

async function withMigrator<T>(
  url: string,
  log: Logger,
  work: (migrator: Migrator) => Promise<T>,
): Promise<T> {
  const db = openDb({ url, poolSize: 2, applicationName: 'antenne-migrate', log });
  try {
    // Kysely takes an advisory lock: two processes at once run each migration once.
    return await work(new Migrator({ db: db.kysely, provider }));
  } catch (error) {
    throw unusable(error);
  } finally {
    await db.close();
  }
}

function namesOf(set: MigrationResultSet): string[] {
  if (set.error) {
    const failed = set.results?.find((result) => result.status === 'Error')?.migrationName;
    if (failed === undefined) throw set.error;
    throw new Error(`migration ${failed} failed; the database is as it was before it`, { cause: set.error });
  }
  return (set.results ?? []).map((result) => result.migrationName);
}

/** Applies every migration not applied yet; each runs in a transaction. */
export function migrateUp(url: string, log: Logger): Promise<{ applied: string[] }> {
  return withMigrator(url, log, async (migrator) => ({ applied: namesOf(await migrator.migrateToLatest()) }));
}

/** Takes back the newest applied migration. */
export function migrateDown(url: string, log: Logger): Promise<{ reverted: string[] }> {
  return withMigrator(url, log, async (migrator) => ({ reverted: namesOf(await migrator.migrateDown()) }));
}

/** A migration of this program, and whether the database has it. */
export interface MigrationState {
  name: string;
  /** null while not applied. */
  executedAt: Date | null;
}

/** Every migration with the instant it was applied. */
export function migrateHistory(url: string, log: Logger): Promise<MigrationState[]> {
  return withMigrator(url, log, async (migrator) =>
    (await migrator.getMigrations()).map(({ name, executedAt }) => ({
      name,
      executedAt: executedAt ?? null,
    })),
  );
}

/** The newest applied migration, or null on an empty database. */
export async function migrateCurrent(url: string, log: Logger): Promise<string | null> {
  const applied = (await migrateHistory(url, log)).filter((migration) => migration.executedAt !== null);
  return applied.at(-1)?.name ?? null;
}

const TEMPLATE = `import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql\`\`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql\`\`.execute(db);
}
`;

/** Writes the next numbered migration file from a name such as "add studios"; returns its path. */
export async function migrateCreate(name: string, folder = FOLDER): Promise<string> {
  const slug = name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  if (slug === '') throw new Error('give the migration a name of letters and digits');
  const numbers = (await readdir(folder)).map((file) => Number.parseInt(file, 10)).filter(Number.isFinite);
  const next = String(Math.max(0, ...numbers) + 1).padStart(4, '0');
  const file = path.join(folder, `${next}-${slug}.ts`);
  await writeFile(file, TEMPLATE, { flag: 'wx' });
  return file;
}
