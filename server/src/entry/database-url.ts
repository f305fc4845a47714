import type { Config } from '../kernel/config/config.ts';
import { attachEmbeddedDatabase } from '../kernel/db/embedded/embedded.ts';
import { PlainError } from '../kernel/plain-error.ts';

/** The configured database, or the embedded one that `start` runs on this DATA_DIR. */
export async function databaseUrl(config: Config): Promise<string> {
  if (config.databaseUrl !== null) return config.databaseUrl;
  const embedded = await attachEmbeddedDatabase(config.dataDir);
  if (embedded !== null) return embedded;
  throw new PlainError('There is no database: set DATABASE_URL, or run ./antenne start, which brings one.');
}
