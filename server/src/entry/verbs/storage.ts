import { parseArgs } from 'node:util';
import type { Config } from '../../kernel/config/config.ts';
import { readConfig } from '../../kernel/config/process-environment.ts';
import { PlainError } from '../../kernel/plain-error.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { openBucket, openDisk } from '../../kernel/storage/open-storage.ts';
import type { CopyResult } from '../../modules/media/public.ts';
import { stopAll } from '../wire.ts';
import { wireBeside } from '../wire-beside.ts';
import { UsageError } from './usage-error.ts';

const STOP_MS = 3_000;
const TOLD_EVERY_MS = 5_000;

/**
 * `antenne storage copy --to s3|disk`: brings all files to the other store, whichever the station uses. Resolves with 0
 * when all are there.
 */
export const storage = async (args: string[]): Promise<number> => {
  const to = targetOf(args);
  const config = readConfig();
  const bucket = bucketOf(config);
  const wired = await wireBeside(config, 'storage');
  const [disk, s3] = [await openDisk(config), await openBucket(config, bucket)];
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const result = await wired.composition.media.copyFiles({
      ...(to === 's3' ? { from: disk, to: s3 } : { from: s3, to: disk }),
      onFailure: ({ kind, title, key }, why) =>
        process.stdout.write(`not copied: ${kind} of “${title}”, ${why}\n            ${key}\n`),
      onProgress: nowAndThen(),
      signal: stop.signal,
    });
    process.stdout.write(`${lineOf(result)}\n`);
    return result.failed === 0 ? 0 : 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stdout.write('Stopped. Run it again: it goes on where it was.\n');
    return 130;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await Promise.all([disk.close(), s3.close()]);
    await stopAll(wired, STOP_MS);
  }
};

const targetOf = (args: string[]): 's3' | 'disk' => {
  const fault = (why: string) => new UsageError(`storage takes copy --to s3 or copy --to disk: ${why}.`);
  const parsed = (() => {
    try {
      return parseArgs({ args, allowPositionals: true, options: { to: { type: 'string' } } });
    } catch (error) {
      throw fault(reasonOf(error));
    }
  })();
  const { to } = parsed.values;
  if (parsed.positionals.join(' ') !== 'copy') throw fault('the word copy is missing');
  if (to === 's3' || to === 'disk') return to;
  throw fault(`not ${to ?? 'without --to'}`);
};

const bucketOf = ({ s3 }: Config): NonNullable<Config['s3']> => {
  if (s3 !== null) return s3;
  throw new PlainError('No bucket is named: set S3_BUCKET and what goes with it for this command.');
};

const nowAndThen = () => {
  let toldAt = performance.now();
  return (result: CopyResult) => {
    if (performance.now() - toldAt < TOLD_EVERY_MS) return;
    toldAt = performance.now();
    process.stdout.write(`… ${lineOf(result)}\n`);
  };
};

const lineOf = ({ copied, there, bytes, failed }: CopyResult): string =>
  `${copied} files copied (${(bytes / 1e9).toFixed(2)} GB), ${there} were there, ${failed} not copied`;
