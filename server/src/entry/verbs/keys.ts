import { parseArgs } from 'node:util';
import { readConfig } from '../../kernel/config/process-environment.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { findOrganisation } from '../find-organisation.ts';
import { stopAll, type Wired } from '../wire.ts';
import { wireBeside } from '../wire-beside.ts';
import { UsageError } from './usage-error.ts';

const STOP_MS = 3_000;

/** `antenne keys show|rotate`: the keys that an organisation's back ends sign addresses with. */
export const keys = async (args: string[]): Promise<number> => {
  const { step, organisation } = read(args);
  const wired = await wireBeside(readConfig(), 'keys');
  try {
    const { id, name } = await findOrganisation(wired.composition.accounts, organisation);
    const text = await (step === 'show' ? show(wired, id, name) : rotate(wired, id, name));
    process.stdout.write(text);
    return 0;
  } finally {
    await stopAll(wired, STOP_MS);
  }
};

const show = async ({ composition }: Wired, organisationId: string, name: string): Promise<string> => {
  const all = await composition.media.signingKeys.of(organisationId);
  if (all.length === 0) return `${name} has no key yet: make one with ./antenne keys rotate.\n`;
  const lines = all.map(({ kid, state, createdAt }) => {
    const since = createdAt?.toISOString() ?? 'SIGNING_KEY, of the settings';
    return `${kid.padEnd(12)}  ${state.padEnd(8)}  ${since}\n`;
  });
  return lines.join('');
};

const rotate = async ({ composition }: Wired, organisationId: string, name: string): Promise<string> => {
  const by = { personId: null, origin: null };
  const { kid, secret } = await composition.media.signingKeys.rotate(organisationId, by);
  return `The new key of ${name}, shown this once. The one before stays accepted until the next rotation.\nkid     ${kid}\nsecret  ${secret}\n`;
};

const read = (args: string[]): { step: 'show' | 'rotate'; organisation: string | undefined } => {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { organisation: { type: 'string' } },
    });
    const [step, ...others] = positionals;
    if ((step !== 'show' && step !== 'rotate') || others.length > 0) throw new Error('show or rotate');
    return { step, organisation: values.organisation };
  } catch (error) {
    throw new UsageError(`keys takes show or rotate, and --organisation <slug>: ${reasonOf(error)}.`);
  }
};
