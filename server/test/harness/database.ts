import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** The same server and account, another database. */
export function withDatabase(url: string, name: string): string {
  const next = new URL(url);
  next.pathname = `/${name}`;
  return next.toString();
}

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A database of this test's own, cloned from the golden one. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const { adminUrl, golden } = inject('cluster');
  const name = `test_${process.pid}_${randomBytes(5).toString('hex')}`;
  await admin(adminUrl, `create database ${name} template ${golden} strategy file_copy`);
  return {
    url: withDatabase(adminUrl, name),
    drop: () => admin(adminUrl, `drop database if exists ${name} with (force)`),
  };
}

/** Runs one statement that needs a connection of its own, such as `create database`. */
export async function admin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
