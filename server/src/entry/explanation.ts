import { ConfigError } from '../kernel/config/config.ts';
import { PlainError } from '../kernel/plain-error.ts';
import { codeOf, reasonOf } from '../kernel/reason-of.ts';

/** What a person at the terminal reads: sentences for what they can mend, the whole story for a fault of ours. */
export const explanation = (error: unknown): string => {
  if (error instanceof ConfigError) return error.faults.map((fault) => `antenne: ${fault}`).join('\n');
  if (error instanceof PlainError) return `antenne: ${error.message}`;
  if (codeOf(error) === 'ENOSPC') return `antenne: ${reasonOf(error)}`;
  return error instanceof Error ? storyOf(error) : String(error);
};

const storyOf = (error: Error): string => {
  const cause = error.cause instanceof Error ? `\ncaused by ${storyOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
};
