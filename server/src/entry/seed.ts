import { parseArgs } from 'node:util';
import { readConfig } from '../kernel/config/process-environment.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import type { Brought } from '../modules/archive/public.ts';
import { findOrganisation } from './find-organisation.ts';
import { UsageError } from './verbs/usage-error.ts';
import { stopAll } from './wire.ts';
import { wireBeside } from './wire-beside.ts';

const STOP_MS = 3_000;

/**
 * `antenne seed [--organisation slug]`: brings the invented assembly and station of server/seeds, beside the
 * running roles. The workers among them make its sound playable. Resolves with the exit code.
 */
export const runSeed = async (args: string[]): Promise<number> => {
  const slug = slugIn(args);
  const config = readConfig();
  const wired = await wireBeside(config, 'seed');
  try {
    const organisation = await findOrganisation(wired.composition.accounts, slug);
    const bringer = { organisationId: organisation.id, personId: null };
    process.stdout.write(
      `${sentence(organisation.name, await wired.composition.archive.bringSeed(bringer))}\n`,
    );
    return 0;
  } finally {
    await stopAll(wired, STOP_MS);
  }
};

const sentence = (name: string, { added, debatIds, recordingIds }: Brought): string => {
  const { length: all } = debatIds;
  if (added === 0) return `${name} has all ${all} débats of the seed already: nothing was changed.`;
  const before = added === all ? '' : `, beside ${all - added} that it had already`;
  return `Brought ${added} débats to ${name}${before}. ${recordingIds.length} have sound: it plays once a worker has prepared it.`;
};

const slugIn = (args: string[]): string | undefined => {
  try {
    return parseArgs({ args, options: { organisation: { type: 'string' } } }).values.organisation;
  } catch (error) {
    throw new UsageError(`seed takes --organisation <slug> and nothing else: ${reasonOf(error)}`);
  }
};
