import { UsageError } from './usage-error.ts';

/** Throws a UsageError when a verb that takes no arguments got some. */
export const refuseArguments = (verb: string, args: readonly string[]): void => {
  if (args.length > 0) throw new UsageError(`${verb} takes no "${args[0]}".`);
};
