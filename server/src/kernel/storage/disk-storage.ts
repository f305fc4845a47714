import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, type Dirent } from 'node:fs';
import { mkdir, open, readdir, rm, rmdir, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../reason-of.ts';
import { openDraft } from './disk-draft.ts';
import { makeFolder, placeFile } from './durable-files.ts';
import { asStorageError, StorageFullError, StorageMissingError } from './errors.ts';
import { assertKey } from './key.ts';
import type { CommittedFile, Draft, Scratch, Storage, StoredFile } from './storage.ts';

/** `folder` holds `files/` and `tmp/`, which must share a file system; `reserveBytes` stays free for the rest of the machine. */
export interface DiskStorageOptions {
  folder: string;
  reserveBytes?: number;
}

const defaultReserveBytes = 512 * 1024 * 1024;

/** Storage on a local disk: written and synced under `tmp/`, then renamed, so that a name means a whole file. */
export async function createDiskStorage(options: DiskStorageOptions): Promise<Storage> {
  const root = resolve(options.folder, 'files');
  const temporary = resolve(options.folder, 'tmp');
  const reserveBytes = options.reserveBytes ?? defaultReserveBytes;
  await makeFolder(root);
  await makeFolder(temporary);
  /** Names under tmp/ that this process still uses, whatever their age. */
  const inUse = new Set<string>();

  function pathOf(key: string): string {
    assertKey(key);
    return join(root, key);
  }

  async function freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(temporary);
    return Math.max(0, bavail * bsize - reserveBytes);
  }

  async function checkRoom(neededBytes: number): Promise<void> {
    const free = await freeBytes();
    if (free === 0 || free < neededBytes) {
      throw new StorageFullError(`${free} bytes are free above the reserve, ${neededBytes} are needed`);
    }
  }

  async function create({
    signal,
    expectedBytes = 0,
  }: {
    signal?: AbortSignal;
    expectedBytes?: number;
  } = {}): Promise<Draft> {
    signal?.throwIfAborted();
    await checkRoom(expectedBytes);
    const name = `${randomUUID()}.part`;
    const path = join(temporary, name);
    inUse.add(name);
    try {
      const handle = await open(path, 'wx+', 0o640);
      return openDraft({
        path,
        handle,
        signal,
        checkRoom: () => checkRoom(0),
        place: (key) => placeFile(path, pathOf(key)),
        ended: () => inUse.delete(name),
      });
    } catch (error) {
      inUse.delete(name);
      throw asStorageError(error);
    }
  }

  async function scratch({ expectedBytes = 0 }: { expectedBytes?: number } = {}): Promise<Scratch> {
    await checkRoom(expectedBytes);
    const name = `${randomUUID()}.work`;
    const path = join(temporary, name);
    await mkdir(path, { mode: 0o750 });
    inUse.add(name);
    const remove = async () => {
      await rm(path, { recursive: true, force: true });
      inUse.delete(name);
    };
    return { path, remove };
  }

  async function adopt(path: string, key: string): Promise<CommittedFile> {
    const target = pathOf(key);
    const sha256 = await syncAndHash(path);
    const { size } = await stat(path);
    try {
      await placeFile(path, target);
    } catch (error) {
      if (codeOf(error) !== 'EXDEV') throw asStorageError(error);
      await copyAcross(path, target);
    }
    return { key, sizeBytes: size, sha256 };
  }

  /** From another file system: copied under tmp/ first, so that the name appears only when whole. */
  async function copyAcross(path: string, target: string): Promise<void> {
    const name = `${randomUUID()}.part`;
    const copy = join(temporary, name);
    inUse.add(name);
    try {
      await pipeline(
        createReadStream(path, { highWaterMark: 1 << 20 }),
        createWriteStream(copy, { flush: true }),
      );
      await placeFile(copy, target);
      await unlink(path);
    } catch (error) {
      await rm(copy, { force: true });
      throw asStorageError(error);
    } finally {
      inUse.delete(name);
    }
  }

  async function statKey(key: string): Promise<StoredFile | null> {
    const path = pathOf(key);
    try {
      const found = await stat(path);
      return found.isFile() ? { key, sizeBytes: found.size, modifiedAt: found.mtime } : null;
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  async function localPath(key: string): Promise<string> {
    if ((await statKey(key)) === null) throw new StorageMissingError(key);
    return pathOf(key);
  }

  async function remove(key: string): Promise<boolean> {
    const path = pathOf(key);
    if ((await statKey(key)) === null) return false;
    try {
      await unlink(path);
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
    await pruneEmpty(dirname(path));
    return true;
  }

  async function pruneEmpty(folder: string): Promise<void> {
    for (let path = folder; path.startsWith(`${root}/`); path = dirname(path)) {
      try {
        await rmdir(path);
      } catch {
        return; // Not empty, or someone else was first: both fine.
      }
    }
  }

  async function* list(prefix: string): AsyncIterable<StoredFile> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (folder !== '') assertKey(folder.slice(0, -1));
    for await (const key of walk(root, folder)) {
      if (!key.startsWith(prefix)) continue;
      const found = await statKey(key);
      if (found !== null) yield found;
    }
  }

  async function sweepDrafts(olderThanMs: number): Promise<number> {
    let swept = 0;
    for (const name of await readdir(temporary)) {
      if (inUse.has(name) || !(await isUntouched(join(temporary, name), olderThanMs))) continue;
      await rm(join(temporary, name), { recursive: true, force: true });
      swept++;
    }
    return swept;
  }

  return { create, adopt, scratch, stat: statKey, localPath, remove, list, sweepDrafts, freeBytes };
}

function isAbsent(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}

async function syncAndHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
    for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: 1 << 20 }))
      hash.update(chunk);
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
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

/** Keys of all files under `folder` ('' or ending in '/'), depth first, one folder's names in memory at a time. */
async function* walk(root: string, folder: string): AsyncIterable<string> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  for (const entry of entries) {
    if (entry.isDirectory()) yield* walk(root, `${folder}${entry.name}/`);
    else if (entry.isFile()) yield `${folder}${entry.name}`;
  }
}
