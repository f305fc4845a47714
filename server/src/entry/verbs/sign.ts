import { parseArgs } from 'node:util';
import { readConfig } from '../../kernel/config/process-environment.ts';
import { PlainError } from '../../kernel/plain-error.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { findOrganisation } from '../find-organisation.ts';
import { stopAll } from '../wire.ts';
import { wireBeside } from '../wire-beside.ts';
import { UsageError } from './usage-error.ts';

const STOP_MS = 3_000;
const UNIT_SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 };
/** Long enough for a programme sent by mail; an address that nobody can call back should not live for ever. */
const LONGEST_SECONDS = 31 * 86_400;
const DEFAULT_TIME = '6h';

/** `antenne sign <filename>`: prints an address of a file, signed with the organisation's current key. */
export const sign = async (args: string[]): Promise<number> => {
  const { name, organisation, expires, ip, user } = read(args);
  const expiresInSeconds = secondsOf(expires);
  const wired = await wireBeside(readConfig(), 'sign');
  try {
    const { id, slug } = await findOrganisation(wired.composition.accounts, organisation);
    const signed = await wired.composition.media.signStream(id, { name, expiresInSeconds, ip, user });
    if (signed === null) {
      throw new PlainError(
        `This organisation has no key yet: run ./antenne keys rotate --organisation ${slug} first.`,
      );
    }
    process.stdout.write(`${new URL(signed.url, wired.kernel.config.publicUrl).href}\n`);
    return 0;
  } finally {
    await stopAll(wired, STOP_MS);
  }
};

const read = (args: string[]) => {
  const text = { type: 'string' } as const;
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { organisation: text, expires: text, ip: text, user: text },
    });
    const [name, ...others] = positionals;
    if (name === undefined || name === '' || others.length > 0) throw new Error('it takes one file name');
    return { name, expires: DEFAULT_TIME, ...values };
  } catch (error) {
    throw new UsageError(`sign takes a file name and options: ${reasonOf(error)}.`);
  }
};

/** `90`, `90s`, `15m`, `12h` or `7d` in seconds. */
export const secondsOf = (time: string): number => {
  const [, number, unit = ''] = /^(\d{1,9})([smhd]?)$/.exec(time) ?? [];
  const seconds = Number(number ?? 0) * (UNIT_SECONDS[unit] ?? 0);
  if (seconds >= 1 && seconds <= LONGEST_SECONDS) return seconds;
  throw new UsageError(`--expires takes 1 second to 31 days, such as 3600, 90m, 12h or 7d, not "${time}".`);
};
