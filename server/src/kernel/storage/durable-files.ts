import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { codeOf } from '../reason-of.ts';

/** Makes the names in a folder durable: a rename survives a power cut only after this. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Like `mkdir -p`, and durable: every folder that got a new child is synced. */
export async function makeFolder(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true });
  if (firstMade === undefined) return;
  let parent = dirname(firstMade);
  await syncFolder(parent);
  for (const name of relative(parent, dirname(resolve(path))).split(sep)) {
    if (name === '') break;
    parent = resolve(parent, name);
    await syncFolder(parent);
  }
}

/** Moves a synced file to its name in one step and makes the name durable. */
export async function placeFile(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await makeFolder(dirname(to));
    try {
      await rename(from, to);
      break;
    } catch (error) {
      // A removal beside us may prune the folder between the two calls.
      if (codeOf(error) !== 'ENOENT' || attempt === 5) throw error;
    }
  }
  await syncFolder(dirname(to));
}
