import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environmentWith, projectRoot } from '../kernel/config/process-environment.ts';
import { PlainError } from '../kernel/plain-error.ts';

/** What the run said at its end; see test/harness/reporter.ts. */
interface Counts {
  passed: number;
  failed: number;
}

/**
 * Runs the test suites, `--long` ones on demand, and ends with the line `N passed, N failed`.
 * Resolves with the exit code: 0 only when something passed and nothing failed.
 */
export const test = async (args: string[]): Promise<number> => {
  const vitest = join(projectRoot, 'node_modules/vitest/vitest.mjs');
  if (!existsSync(vitest)) throw new PlainError('The tests need the development packages: run npm ci.');
  const isLong = args.includes('--long');
  const passedOn = args.filter((arg) => arg !== '--long');
  const reporters = [
    '--reporter=default',
    `--reporter=${join(projectRoot, 'server/test/harness/reporter.ts')}`,
  ];
  // A part of the tests covers a part of the code, and counting makes the measuring of sound four times slower: only
  // the whole long run is held to the threshold.
  const coverage = isLong && passedOn.length === 0 ? ['--coverage'] : [];
  const child = fork(vitest, ['run', '--root', projectRoot, ...reporters, ...coverage, ...passedOn], {
    cwd: projectRoot,
    execArgv: [],
    env: environmentWith(isLong ? { ANTENNE_TEST_LONG: '1' } : {}),
  });
  let counts: Counts | undefined;
  child.on('message', (message) => {
    if (isCounts(message)) counts = message;
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve(exitCode ?? 1));
  });
  if (counts === undefined) {
    process.stdout.write('The run broke off before its end.\n');
    return code || 1;
  }
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
  return code !== 0 || counts.failed > 0 || counts.passed === 0 ? 1 : 0;
};

const isCounts = (message: unknown): message is Counts & { type: 'counts' } =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'counts';
