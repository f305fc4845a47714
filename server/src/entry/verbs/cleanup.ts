import { parseArgs } from 'node:util';
import { readConfig } from '../../kernel/config/process-environment.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { stopAll } from '../wire.ts';
import { wireBeside } from '../wire-beside.ts';
import { UsageError } from './usage-error.ts';

const STOP_MS = 3_000;

/** `antenne cleanup [--dry-run]`: does now what workers do every day by the organisations' rules, or tells what that is. */
export const cleanup = async (args: string[]): Promise<number> => {
  const dryRun = isDryRun(args);
  const wired = await wireBeside(readConfig(), 'cleanup');
  try {
    const { renditions, originals, bytes } = await wired.composition.media.applyRetention({
      dryRun,
      onFile: ({ title, label, recordingId, sizeBytes }) => {
        const what = label === null ? 'original' : `rendition ${label}`;
        process.stdout.write(`${what} of “${title}” (${recordingId}), ${(sizeBytes / 1e6).toFixed(1)} MB\n`);
      },
    });
    const verb = dryRun ? 'would be removed' : 'removed';
    const size = `${(bytes / 1e9).toFixed(2)} GB`;
    process.stdout.write(`${renditions} renditions and ${originals} originals ${verb}, ${size}\n`);
    return 0;
  } finally {
    await stopAll(wired, STOP_MS);
  }
};

const isDryRun = (args: string[]): boolean => {
  try {
    const options = { 'dry-run': { type: 'boolean', default: false } } as const;
    return parseArgs({ args, options }).values['dry-run'];
  } catch (error) {
    throw new UsageError(`cleanup takes --dry-run and nothing else: ${reasonOf(error)}`);
  }
};
