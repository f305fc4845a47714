import { parseArgs } from 'node:util';
import { readConfig } from '../../kernel/config/process-environment.ts';
import { PlainError } from '../../kernel/plain-error.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import type { RebuildProgress } from '../../modules/search/public.ts';
import { stopAll, type Wired } from '../wire.ts';
import { wireBeside } from '../wire-beside.ts';
import { UsageError } from './usage-error.ts';

const STOP_MS = 3_000;
/** A line now and then, whatever the pace. */
const TOLD_EVERY_MS = 2_000;

/**
 * `antenne reindex [--organisation slug]`: makes the index of the search anew, beside the running roles. Stopped, it
 * goes on where it was when it is run again. Resolves with the exit code.
 */
export const reindex = async (args: string[]): Promise<number> => {
  const slug = slugIn(args);
  const wired = await wireBeside(readConfig(), 'reindex');
  try {
    const { search } = wired.composition;
    const organisations = slug === undefined ? await search.organisations() : [await idOf(wired, slug)];
    for (const id of organisations) await reindexOne(wired, id);
    await search.tidy();
    if (organisations.length === 0) process.stdout.write('There is nothing to search yet.\n');
    return 0;
  } finally {
    await stopAll(wired, STOP_MS);
  }
};

const reindexOne = async ({ composition }: Wired, organisationId: string): Promise<void> => {
  const name = (await composition.accounts.organisationOf(organisationId))?.name ?? organisationId;
  const startedAt = performance.now();
  let toldAt = startedAt;
  const tell = ({ done, total }: RebuildProgress) => {
    if (performance.now() - toldAt < TOLD_EVERY_MS) return;
    toldAt = performance.now();
    process.stdout.write(`${name}: ${done} of ${total} documents\n`);
  };
  const { done, isResumed } = await composition.search.rebuild(organisationId, tell);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const note = isResumed ? ', going on where an earlier run was stopped' : '';
  process.stdout.write(`${name}: ${done} documents in ${seconds} s${note}\n`);
};

const idOf = async ({ composition }: Wired, slug: string): Promise<string> => {
  const organisation = await composition.accounts.organisationBySlug(slug);
  if (organisation === null) throw new PlainError(`There is no organisation with the slug "${slug}".`);
  return organisation.id;
};

const slugIn = (args: string[]): string | undefined => {
  try {
    return parseArgs({ args, options: { organisation: { type: 'string' } } }).values.organisation;
  } catch (error) {
    throw new UsageError(`reindex takes --organisation <slug> and nothing else: ${reasonOf(error)}`);
  }
};
