import { envExample } from '../../kernel/config/example.ts';
import { checkOwnConfig } from '../../kernel/config/process-environment.ts';
import { UsageError } from './usage-error.ts';

/** `config check` says everything that is wrong with the settings; `config example` prints `.env.example`. */
export const config = async ([what = 'check', ...more]: string[]): Promise<number> => {
  if (more.length > 0) throw new UsageError(`config ${what} takes no "${more[0]}".`);
  if (what === 'check') return check();
  if (what !== 'example') throw new UsageError(`config knows check and example, not "${what}".`);
  process.stdout.write(envExample());
  return 0;
};

const check = (): number => {
  const { faults, notices } = checkOwnConfig();
  for (const fault of faults) process.stdout.write(`✗ ${fault}\n`);
  for (const notice of notices) process.stdout.write(`· ${notice}\n`);
  process.stdout.write(faults.length === 0 ? 'The settings are in order.\n' : `${faults.length} to mend.\n`);
  return faults.length === 0 ? 0 : 1;
};
