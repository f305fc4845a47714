import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Logger } from '../log/log.ts';

/** Tables are declared by the modules that own them: `db.kysely.withTables<MediaTables>()`. */
// biome-ignore lint/complexity/noBannedTypes: the kernel itself knows no table
export type NoTables = {};

/** A connection or a transaction: what every repository function takes first. */
export type Executor = Kysely<NoTables>;
/** An executor inside a transaction: asked for where several writes belong together. */
export type Tx = Transaction<NoTables>;

/** The database of this process. */
export interface Db {
  /** Query builder on the pool. */
  kysely: Executor;
  /** One transaction; rolls back when `work` throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * A hot read as a named prepared statement on pg itself (the builder costs about a third there).
   * `name` is unique in the program and always goes with the same text.
   */
  read<Row>(name: string, text: string, values: unknown[]): Promise<Row[]>;
  /** Reads that see one moment together and write nothing; each is given up after `statementMs`. */
  snapshot<T>(statementMs: number, work: (read: Db['read']) => Promise<T>): Promise<T>;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** Where the database is and how it is used; `echo` logs every statement, without its values. */
export interface DbOptions {
  url: string;
  poolSize: number;
  applicationName: string;
  log: Logger;
  echo?: boolean;
}

const DATE_OID = 1082;
const BIGINT_OID = 20;

// `date` stays "YYYY-MM-DD": a Date would shift it by the zone. bigint counts fit a double here (< 2^53).
pg.types.setTypeParser(DATE_OID, (text) => text);
pg.types.setTypeParser(BIGINT_OID, Number);

/** Opens the pool; connects lazily. */
export function openDb(options: DbOptions): Db {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    // jit costs more than it saves on short statements (docs/decisions).
    options:
      '-c jit=off -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC',
  });
  pool.on('error', (error) => {
    // One that is being closed may hear of the server's end first. The error carries the whole client: not for a log.
    if (!pool.ending) options.log.warn({ reason: error.message }, 'an idle database connection was lost');
  });
  const kysely = new Kysely<NoTables>({
    dialect: new PostgresDialect({ pool }),
    log: options.echo
      ? (event) => options.log.info({ sql: event.query.sql, ms: event.queryDurationMillis }, 'sql')
      : [],
  });
  return {
    kysely,
    pool,
    transaction: (work) => kysely.transaction().execute(work),
    read: async <Row>(name: string, text: string, values: unknown[]) => {
      const result = await pool.query({ name, text, values });
      return result.rows as Row[];
    },
    snapshot: (statementMs, work) => readSnapshot(pool, statementMs, work),
    close: () => kysely.destroy(),
  };
}

async function readSnapshot<T>(
  pool: pg.Pool,
  statementMs: number,
  work: (read: Db['read']) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  const read = async <Row>(name: string, text: string, values: unknown[]) =>
    (await client.query({ name, text, values })).rows as Row[];
  try {
    // These statements are planned for any values: planning anew for each costs more than all that they read.
    await client.query(
      `begin isolation level repeatable read read only; set local statement_timeout = ${Math.ceil(statementMs)};
      set local plan_cache_mode = force_generic_plan`,
    );
    return await work(read);
  } finally {
    // Nobody waits for it; a connection that cannot even end its transaction is of no use to the next one.
    void client.query('rollback').then(
      () => client.release(),
      (error: Error) => client.release(error),
    );
  }
}

/** Runs SQL text with `$1…` values on any executor, inside its transaction when it is one. */
export async function runSql<Row>(
  q: Executor,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const result = await q.executeQuery<Row>(CompiledQuery.raw(text, [...values]));
  return result.rows;
}

/** Runs an update; true when there was a row to change. */
export async function changesSome(update: {
  executeTakeFirst(): Promise<{ numUpdatedRows: bigint }>;
}): Promise<boolean> {
  return (await update.executeTakeFirst()).numUpdatedRows > 0n;
}
