import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../../kernel/config/process-environment.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { adviceOn, CHECK_BEGINNING, type CheckPosition, type FileFault } from '../../modules/media/public.ts';
import { stopAll } from '../wire.ts';
import { wireBeside } from '../wire-beside.ts';
import { UsageError } from './usage-error.ts';

const STOP_MS = 3_000;
/** A line now and then, whatever the pace. */
const TOLD_EVERY_MS = 5_000;
/** In DATA_DIR: where a check that was stopped goes on. */
const POSITION_FILE = 'check-position.json';

/**
 * `antenne check`: compares rows with files, beside the running roles. Resolves with 0 when all is well, 1 when something
 * is wrong that it did not repair.
 */
export const check = async (args: string[]): Promise<number> => {
  const wished = read(args);
  const wired = await wireBeside(readConfig(), 'check');
  const positionPath = path.join(wired.kernel.config.dataDir, POSITION_FILE);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  let unrepaired = 0;
  let last: CheckPosition = CHECK_BEGINNING;
  const onFault = (fault: FileFault) => {
    if (!fault.isRepaired) unrepaired++;
    process.stdout.write(`${lineOf(fault)}\n`);
  };
  try {
    const from = wished.resume ? await readPosition(positionPath) : CHECK_BEGINNING;
    const onPosition = tellNowAndThen((position) => {
      last = position;
    });
    const end = await wired.composition.media.checkFiles({
      ...wished,
      from,
      onFault,
      onPosition,
      signal: stop.signal,
    });
    await rm(positionPath, { force: true });
    const faults = end.faults === 0 ? 'all well' : `${end.faults} at fault`;
    process.stdout.write(`${end.recordings} recordings, ${end.files} files, ${size(end.bytes)}: ${faults}\n`);
    return unrepaired === 0 && (!wished.resume || end.faults === 0) ? 0 : 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    await writeFile(positionPath, JSON.stringify(last));
    process.stdout.write('Stopped. ./antenne check --resume goes on from here.\n');
    return 130;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await stopAll(wired, STOP_MS);
  }
};

const read = (args: string[]) => {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ args, options: { quick: flag, repair: flag, resume: flag } }).values;
  } catch (error) {
    throw new UsageError(`check takes --quick, --repair and --resume: ${reasonOf(error)}`);
  }
};

const readPosition = async (file: string): Promise<CheckPosition> => {
  try {
    return { ...CHECK_BEGINNING, ...JSON.parse(await readFile(file, 'utf8')) };
  } catch {
    process.stdout.write('No check was stopped here; beginning at the beginning.\n');
    return CHECK_BEGINNING;
  }
};

const tellNowAndThen = (note: (position: CheckPosition) => void) => {
  let toldAt = performance.now();
  return (position: CheckPosition) => {
    note({ ...position });
    if (performance.now() - toldAt < TOLD_EVERY_MS) return;
    toldAt = performance.now();
    const { recordings, files, bytes, faults } = position;
    process.stdout.write(`… ${recordings} recordings, ${files} files, ${size(bytes)}, ${faults} at fault\n`);
  };
};

const lineOf = (fault: FileFault): string => {
  const { file, key, found } = fault;
  const what =
    file === null
      ? 'a file'
      : `${file.kind}${file.label ? ` ${file.label}` : ''} of “${file.title}” (${file.recordingId})`;
  return `${fault.fault.padEnd(8)} ${what}: ${found}\n         ${key}\n         ${adviceOn(fault)}`;
};

const size = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
