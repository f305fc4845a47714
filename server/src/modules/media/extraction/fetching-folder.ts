import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isId } from '../../../kernel/id.ts';
import type { MediaContext } from '../media-context.ts';

type Here = Pick<MediaContext, 'kernel'>;

const root = ({ kernel }: Here) => path.join(kernel.config.dataDir, 'fetching');

/** Where pieces of a recording's sound wait for the rest; kept when a run ends early, so that the next goes on. */
export function fetchingFolder(context: Here, recordingId: string): string {
  if (!isId(recordingId)) throw new TypeError('not the id of a recording');
  return path.join(root(context), recordingId);
}

/** The pieces have been put together, or nobody wants them any more. */
export async function forgetFetching(context: Here, recordingId: string): Promise<void> {
  await rm(fetchingFolder(context, recordingId), { recursive: true, force: true });
}

const DAY_MS = 24 * 3_600_000;

/** Removes pieces that nothing was added to for so long; answers of how many recordings. */
export async function sweepFetching(context: Here, olderThanMs = DAY_MS): Promise<number> {
  const folder = root(context);
  const names = await readdir(folder).catch(() => []);
  let removed = 0;
  for (const name of names) {
    if (!isId(name) || (await youngestMs(path.join(folder, name))) > Date.now() - olderThanMs) continue;
    await rm(path.join(folder, name), { recursive: true, force: true });
    removed++;
  }
  return removed;
}

/** A folder changes when something in it comes or goes. */
async function youngestMs(folder: string): Promise<number> {
  const inside = await readdir(folder).catch(() => []);
  const paths = [folder, ...inside.map((name) => path.join(folder, name))];
  const times = await Promise.all(
    paths.map((one) =>
      stat(one).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(...times);
}
