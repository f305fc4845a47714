import type { Config } from '../kernel/config/config.ts';
import { attachEmbeddedDatabase } from '../kernel/db/embedded/embedded.ts';
import { openLog } from '../kernel/log/log.ts';
import { PlainError } from '../kernel/plain-error.ts';
import { type Wired, wire } from './wire.ts';

/** Kernel and modules for a verb that works beside the running roles, on their database. Throws PlainError. */
export async function wireBeside(config: Config, verb: string): Promise<Wired> {
  const url = config.databaseUrl ?? (await attachEmbeddedDatabase(config.dataDir));
  if (url === null) {
    throw new PlainError(
      `No database runs on ${config.dataDir}: run ./antenne start, and ./antenne ${verb} in another terminal.`,
    );
  }
  // What a person at the terminal wants to read is the result.
  const level = config.log.level === 'info' ? 'warn' : config.log.level;
  const log = openLog({ name: verb, ...config.log, level });
  return wire(config, 'api', url, { log });
}
