import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Db, openDb, runSql } from '../../src/kernel/db/db.ts';
import { migrateCurrent, migrateDown, migrateHistory, migrateUp } from '../../src/kernel/db/migrate.ts';
import { cloneDatabase, type TestDatabase } from '../harness/database.ts';

const log = pino({ level: 'silent' });
/** Tables that are above organisations, or of the migrator. */
const ABOVE = ['organisations', 'kysely_migration', 'kysely_migration_lock'];

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await cloneDatabase();
  db = openDb({ url: database.url, poolSize: 2, applicationName: 'test', log });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const tables = async () => {
  const rows = await runSql<{ name: string }>(
    db.kysely,
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1",
  );
  return rows.map(({ name }) => name).filter((name) => !ABOVE.includes(name));
};

describe('every table', () => {
  it('belongs to an organisation, and says so in a column that is never empty', async () => {
    const names = await tables();
    expect(names.length).toBeGreaterThan(5);
    const owned = await runSql<{ name: string }>(
      db.kysely,
      "select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'organisation_id' and is_nullable = 'NO'",
    );
    const with_ = new Set(owned.map(({ name }) => name));
    expect(names.filter((name) => !with_.has(name) && !ACROSS.includes(name))).toEqual([]);
  });
});

/**
 * Rows that may exist before anyone is known to belong somewhere: guesses at the door, the first key to it, and
 * the record of both.
 */
const ACROSS = ['sign_in_failures', 'setup_links', 'audit_entries'];

describe('the migrations', () => {
  it('go down to nothing and up again', async () => {
    const all = await migrateHistory(database.url, log);
    expect(all.every(({ executedAt }) => executedAt !== null)).toBe(true);
    for (let i = 0; i < all.length; i++) await migrateDown(database.url, log);
    expect(await tables()).toEqual([]);
    expect(await migrateCurrent(database.url, log)).toBeNull();
    expect((await migrateUp(database.url, log)).applied).toEqual(all.map(({ name }) => name));
    expect(await migrateCurrent(database.url, log)).toBe(all.at(-1)?.name);
  });

  it('run once when two processes bring the database up at once', async () => {
    const all = await migrateHistory(database.url, log);
    for (let i = 0; i < all.length; i++) await migrateDown(database.url, log);
    const both = await Promise.all([migrateUp(database.url, log), migrateUp(database.url, log)]);
    expect(both.flatMap(({ applied }) => applied).toSorted()).toEqual(all.map(({ name }) => name));
  });
});
