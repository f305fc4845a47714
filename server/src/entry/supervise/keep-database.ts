import {
  type EmbeddedDatabase,
  type EmbeddedOptions,
  startEmbeddedDatabase,
} from '../../kernel/db/embedded/embedded.ts';
import { identityOf } from '../../kernel/process-lock.ts';
import { reasonOf } from '../../kernel/reason-of.ts';

/** The embedded database, started again when it dies. */
export interface KeptDatabase {
  url(): string;
  stop(graceMs: number): Promise<void>;
}

const lookEveryMs = 500;

/** Starts the embedded database and keeps it running; `onMoved` hears when it came back at another address. */
export const keepDatabase = async (
  options: EmbeddedOptions,
  say: (sentence: string) => void,
  onMoved: () => void,
): Promise<KeptDatabase> => {
  let database = await startEmbeddedDatabase(options);
  let identity = identityOf(database.pid);
  let isWanted = true;
  let looking: NodeJS.Timeout;

  const revive = async (): Promise<void> => {
    say('The database ended by itself; it starts again.');
    const earlier = database.url;
    try {
      database = await startEmbeddedDatabase({ ...options, port: portOf(database) });
      identity = identityOf(database.pid);
      if (!isWanted) await database.stop();
      else if (database.url !== earlier) onMoved();
    } catch (error) {
      say(`${reasonOf(error)} The next try follows.`);
    }
  };
  const look = async (): Promise<void> => {
    if (identityOf(database.pid) !== identity) await revive();
    if (isWanted) looking = setTimeout(look, lookEveryMs);
  };

  looking = setTimeout(look, lookEveryMs);
  return {
    url: () => database.url,
    stop: async (graceMs) => {
      isWanted = false;
      clearTimeout(looking);
      await database.stop(graceMs);
    },
  };
};

const portOf = (database: EmbeddedDatabase): number => Number(new URL(database.url).port);
