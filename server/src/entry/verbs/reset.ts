import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { readConfig } from '../../kernel/config/process-environment.ts';
import { attachEmbeddedDatabase } from '../../kernel/db/embedded/embedded.ts';
import { PlainError } from '../../kernel/plain-error.ts';
import { takeLock } from '../../kernel/process-lock.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { UsageError } from './usage-error.ts';

/** What we ourselves put into a data folder; anything else in it stays. */
const ours = ['postgres', 'postgres-libraries', 'storage', 'secrets', 'tools'];

/** Deletes the embedded database, the sound and the secrets, after the folder's name was typed. */
export const reset = async (args: string[]): Promise<number> => {
  const strange = args.find((arg) => arg !== '--yes');
  if (strange !== undefined) throw new UsageError(`reset takes no "${strange}".`);
  const { dataDir, databaseUrl } = readConfig();
  if (databaseUrl !== null) {
    throw new PlainError(
      'DATABASE_URL is set: its database is yours to empty. reset deletes only what DATA_DIR keeps.',
    );
  }
  const lock = await takeLock(join(dataDir, 'locks/start'));
  if ('heldByPid' in lock)
    throw new PlainError(`Antenne runs on ${dataDir} (process ${lock.heldByPid}): stop it first.`);
  try {
    if ((await attachEmbeddedDatabase(dataDir)) !== null) {
      throw new PlainError(
        `The database in ${dataDir} still runs: start Antenne once more and stop it with Ctrl-C.`,
      );
    }
    if (!args.includes('--yes') && !(await isMeant(dataDir))) {
      process.stdout.write('Nothing was deleted.\n');
      return 1;
    }
    deleteOurs(dataDir);
  } finally {
    lock.release();
  }
  process.stdout.write(`${dataDir} is empty: ./antenne start begins anew.\n`);
  return 0;
};

const isMeant = async (dataDir: string): Promise<boolean> => {
  const name = basename(dataDir);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const question = `This deletes every recording, account and transcript in ${dataDir}.\nType ${name} to go on: `;
    const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    return (await Promise.race([terminal.question(question), ended])).trim() === name;
  } finally {
    terminal.close();
  }
};

const deleteOurs = (dataDir: string): void => {
  try {
    for (const name of existsSync(dataDir) ? readdirSync(dataDir) : []) {
      if (ours.includes(name)) rmSync(join(dataDir, name), { recursive: true, force: true });
    }
  } catch (error) {
    throw new PlainError(`${dataDir} could not be emptied: ${reasonOf(error)}.`, { cause: error });
  }
};
