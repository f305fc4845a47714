import { readConfig } from '../../kernel/config/process-environment.ts';
import { stopAll } from '../wire.ts';
import { wireBeside } from '../wire-beside.ts';
import { refuseArguments } from './no-arguments.ts';

const STOP_MS = 3_000;

/** Prints a fresh one-time link to set up the administrator; every earlier link becomes worthless. */
export const setup = async (args: string[]): Promise<number> => {
  refuseArguments('setup', args);
  const wired = await wireBeside(readConfig(), 'setup');
  try {
    const link = await wired.composition.accounts.createSetupLink();
    const { publicUrl } = wired.kernel.config;
    process.stdout.write(
      link === null
        ? 'This installation is set up already: an administrator can sign in.\n'
        : `Set up the administrator, once: ${new URL(link, `${publicUrl}/`).href}\n`,
    );
    return link === null ? 1 : 0;
  } finally {
    await stopAll(wired, STOP_MS);
  }
};
