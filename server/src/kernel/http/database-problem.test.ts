import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cloneDatabase } from '../../../test/harness/database.ts';
import { type Db, openDb } from '../db/db.ts';
import { databaseProblem } from './database-problem.ts';

let database: Awaited<ReturnType<typeof cloneDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await cloneDatabase();
  db = openDb({
    url: database.url,
    poolSize: 2,
    applicationName: 'test',
    log: pino({ level: 'silent' }),
  });
  await db.pool.query('create table parents (id int primary key)');
  await db.pool.query('create table children (parent int references parents)');
  await db.pool.query('insert into parents values (1), (2)');
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** What the client reads of what PostgreSQL really answers. */
const problemOf = async (act: () => Promise<unknown>) => {
  const error = await act().then(
    () => expect.unreachable('PostgreSQL took it'),
    (refusal: unknown) => refusal,
  );
  return databaseProblem(error);
};

it.each([
  ['a NUL in a text', 'select $1::text', ['a\u0000b']],
  ['a NUL in JSON', 'select $1::jsonb', ['"a\\u0000b"']],
])('says that %s cannot be kept', async (_what, text, values) => {
  expect(await problemOf(() => db.pool.query(text, values))).toMatchObject({
    statusCode: 422,
    code: 'validation',
  });
});

it.each([
  ['a name taken at the same moment', 'insert into parents values (1)'],
  ['a thing removed at the same moment', 'insert into children values (7)'],
])('says that %s is a conflict', async (_what, text) => {
  expect(await problemOf(() => db.pool.query(text))).toMatchObject({
    statusCode: 409,
    code: 'concurrent-change',
  });
});

it('says that a thing changed under a transaction is a conflict', async () => {
  const reader = await db.pool.connect();
  try {
    await reader.query('begin isolation level repeatable read');
    await reader.query('select from parents');
    await db.pool.query('update parents set id = 3 where id = 2');
    expect(await problemOf(() => reader.query('delete from parents where id = 2'))).toMatchObject({
      statusCode: 409,
      code: 'concurrent-change',
    });
  } finally {
    reader.release(true);
  }
});

it('asks to come back when the database takes too long', async () => {
  const slow = "set statement_timeout = '5ms'; select pg_sleep(10)";
  expect(await problemOf(() => db.pool.query(slow))).toMatchObject({
    statusCode: 503,
    headers: { 'retry-after': '5' },
  });
});

it('leaves every other fault to the plain 500', async () => {
  expect(await problemOf(() => db.pool.query('select * from nowhere'))).toBeNull();
});
