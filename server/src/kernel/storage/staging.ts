import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { openDraft } from './disk-draft.ts';
import { makeFolder } from './durable-files.ts';
import { asStorageError, StorageFullError } from './errors.ts';
import { isAbsent } from './missing-file.ts';
import type { Borrowed, CommittedFile, Draft, Scratch } from './storage.ts';

/** Where files are while they are made, on this machine: every store has one. */
export interface Staging {
  /** A draft that becomes visible by `place`, which leaves nothing at the given path. */
  create(options: DraftOptions, place: (path: string, file: CommittedFile) => Promise<void>): Promise<Draft>;
  /** `borrow` is how the store lends a file. */
  scratch(
    options: { expectedBytes?: number } | undefined,
    borrow: (key: string, signal: AbortSignal | undefined) => Promise<Borrowed>,
  ): Promise<Scratch>;
  /** A path that no sweep of this process touches until `free` is called. */
  reserve(suffix: string): { path: string; free(): void };
  sweep(olderThanMs: number): Promise<number>;
  freeBytes(): Promise<number>;
  /** Throws StorageFullError when so much does not fit. */
  checkRoom(neededBytes: number): Promise<void>;
}

interface DraftOptions {
  signal?: AbortSignal;
  expectedBytes?: number;
}

/** Opens the staging folder; `reserveBytes` stays free for the rest of the machine. */
export async function openStaging(folder: string, reserveBytes: number): Promise<Staging> {
  await makeFolder(folder);
  /** Names that this process still uses, whatever their age. */
  const inUse = new Set<string>();

  function reserve(suffix: string) {
    const name = `${randomUUID()}.${suffix}`;
    inUse.add(name);
    return { path: join(folder, name), free: () => void inUse.delete(name) };
  }

  async function freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(folder);
    return Math.max(0, bavail * bsize - reserveBytes);
  }

  async function checkRoom(neededBytes: number): Promise<void> {
    const free = await freeBytes();
    if (free === 0 || free < neededBytes) {
      throw new StorageFullError(`${free} bytes are free above the reserve, ${neededBytes} are needed`);
    }
  }

  const create: Staging['create'] = async ({ signal, expectedBytes = 0 }, place) => {
    signal?.throwIfAborted();
    await checkRoom(expectedBytes);
    const { path, free } = reserve('part');
    try {
      const handle = await open(path, 'wx+', 0o640);
      return openDraft({
        path,
        handle,
        signal,
        checkRoom: () => checkRoom(0),
        place: (file) => place(path, file),
        ended: free,
      });
    } catch (error) {
      free();
      throw asStorageError(error);
    }
  };

  const scratch: Staging['scratch'] = async ({ expectedBytes = 0 } = {}, borrow) => {
    await checkRoom(expectedBytes);
    const { path, free } = reserve('work');
    try {
      await mkdir(path, { mode: 0o750 });
    } catch (error) {
      free();
      throw asStorageError(error);
    }
    const borrowed: Borrowed[] = [];
    return {
      path,
      bring: async (key, signal) => {
        const one = await borrow(key, signal);
        borrowed.push(one);
        return one.path;
      },
      remove: async () => {
        await rm(path, { recursive: true, force: true });
        free();
        for (const one of borrowed) await one.release();
      },
    };
  };

  async function sweep(olderThanMs: number): Promise<number> {
    let swept = 0;
    for (const name of await readdir(folder)) {
      if (inUse.has(name) || !(await isUntouched(join(folder, name), olderThanMs))) continue;
      await rm(join(folder, name), { recursive: true, force: true });
      swept++;
    }
    return swept;
  }

  return { create, scratch, reserve, sweep, freeBytes, checkRoom };
}

/** A folder's age is that of the newest thing in it: a tool at work there touches only its own outputs. */
async function isUntouched(path: string, forMs: number): Promise<boolean> {
  const limit = Date.now() - forMs;
  try {
    const found = await stat(path);
    if (found.mtimeMs > limit) return false;
    if (!found.isDirectory()) return true;
    const inside = await readdir(path);
    const times = await Promise.all(inside.map(async (name) => (await stat(join(path, name))).mtimeMs));
    return times.every((time) => time <= limit);
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
