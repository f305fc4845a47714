import { readConfig } from '../../kernel/config/process-environment.ts';
import { attachEmbeddedDatabase, startEmbeddedDatabase } from '../../kernel/db/embedded/embedded.ts';
import {
  migrateCreate,
  migrateCurrent,
  migrateDown,
  migrateHistory,
  migrateUp,
} from '../../kernel/db/migrate.ts';
import { type Logger, openLog } from '../../kernel/log/log.ts';
import { UsageError } from './usage-error.ts';

const steps: Readonly<Record<string, (url: string, log: Logger) => Promise<string[]>>> = {
  upgrade: async (url, log) => {
    const { applied } = await migrateUp(url, log);
    return applied.length > 0 ? applied.map((name) => `applied  ${name}`) : ['The database is up to date.'];
  },
  downgrade: async (url, log) => {
    const { reverted } = await migrateDown(url, log);
    return reverted.length > 0
      ? reverted.map((name) => `taken back  ${name}`)
      : ['There is nothing to take back.'];
  },
  current: async (url, log) => [(await migrateCurrent(url, log)) ?? 'The database is empty.'],
  history: async (url, log) =>
    (await migrateHistory(url, log)).map(
      ({ name, executedAt }) => `${executedAt?.toISOString() ?? 'not applied yet'.padEnd(24)}  ${name}`,
    ),
};

/** `migrate upgrade|downgrade|current|history|create <name>` on the configured or the embedded database. */
export const migrate = async ([step = '', ...rest]: string[]): Promise<number> => {
  if (step === 'create') return create(rest);
  // People who come from Alembic type `upgrade head` and `downgrade -1`.
  const isHabit =
    (step === 'upgrade' && rest.join(' ') === 'head') || (step === 'downgrade' && rest.join(' ') === '-1');
  const work = steps[step];
  if (work === undefined || (rest.length > 0 && !isHabit)) {
    throw new UsageError('migrate takes one of upgrade, downgrade, current, history, create <name>.');
  }
  const lines = await onDatabase(work);
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
};

const create = async (words: string[]): Promise<number> => {
  const name = words.filter((word) => word !== '-m' && word !== '--autogenerate').join('-');
  if (!/^[a-z0-9][a-z0-9 _-]*$/i.test(name)) {
    throw new UsageError(
      'migrate create takes a name of letters, digits and dashes, such as add-salle-to-debats.',
    );
  }
  process.stdout.write(`${await migrateCreate(name.toLowerCase().replaceAll(/[ _]+/g, '-'))}\n`);
  return 0;
};

const onDatabase = async (work: (url: string, log: Logger) => Promise<string[]>): Promise<string[]> => {
  const config = readConfig();
  const log = openLog({ name: 'migrate', ...config.log });
  const running = config.databaseUrl ?? (await attachEmbeddedDatabase(config.dataDir));
  if (running !== null) return work(running, log);
  const database = await startEmbeddedDatabase({ dataDir: config.dataDir, log });
  try {
    return await work(database.url, log);
  } finally {
    if (!database.reused) await database.stop();
  }
};
