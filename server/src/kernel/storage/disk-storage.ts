import { createReadStream, createWriteStream, type Dirent } from 'node:fs';
import { readdir, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../reason-of.ts';
import { makeFolder, placeFile } from './durable-files.ts';
import { asStorageError, StorageMissingError } from './errors.ts';
import { syncAndHash } from './hash-file.ts';
import { assertKey } from './key.ts';
import { isAbsent } from './missing-file.ts';
import { openStaging } from './staging.ts';
import type { Borrowed, CommittedFile, Storage, StorageState, StoredFile } from './storage.ts';

/** `folder` holds `files/` and `tmp/`, which must share a file system; `reserveBytes` stays free for the rest of the machine. */
export interface DiskStorageOptions {
  folder: string;
  reserveBytes?: number;
}

/** What stays free for the database and the machine unless said otherwise. */
export const DEFAULT_RESERVE_BYTES = 512 * 1024 * 1024;

/** A disk also tells where a file lies. */
export interface DiskStorage extends Storage {
  readonly kind: 'disk';
  place(key: string): Promise<string>;
  /** A path to read the whole file from, never to write to. Throws StorageMissingError. */
  localPath(key: string): Promise<string>;
}

/** Storage on a local disk: written and synced under `tmp/`, then renamed, so that a name means a whole file. */
export async function createDiskStorage(options: DiskStorageOptions): Promise<DiskStorage> {
  const root = resolve(options.folder, 'files');
  await makeFolder(root);
  const staging = await openStaging(
    resolve(options.folder, 'tmp'),
    options.reserveBytes ?? DEFAULT_RESERVE_BYTES,
  );

  function pathOf(key: string): string {
    assertKey(key);
    return join(root, key);
  }

  async function adopt(path: string, key: string): Promise<CommittedFile> {
    const target = pathOf(key);
    try {
      const hashed = await syncAndHash(path);
      await placeFile(path, target).catch((error: unknown) => {
        if (codeOf(error) !== 'EXDEV') throw error;
        return copyAcross(path, target);
      });
      return { key, ...hashed };
    } catch (error) {
      throw asStorageError(error);
    }
  }

  /** From another file system: copied under tmp/ first, so that the name appears only when whole. */
  async function copyAcross(path: string, target: string): Promise<void> {
    const copy = staging.reserve('part');
    try {
      await pipeline(
        createReadStream(path, { highWaterMark: 1 << 20 }),
        createWriteStream(copy.path, { flush: true }),
      );
      await placeFile(copy.path, target);
      await unlink(path);
    } catch (error) {
      await rm(copy.path, { force: true });
      throw asStorageError(error);
    } finally {
      copy.free();
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

  async function borrow(key: string): Promise<Borrowed> {
    return { path: await localPath(key), release: async () => {} };
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

  async function check(): Promise<StorageState> {
    try {
      const free = await staging.freeBytes();
      if (free > 0) return { state: 'well', message: `${free} bytes may still be written` };
      return { state: 'full', message: 'the disk is full but for its reserve: nothing new can be kept' };
    } catch (error) {
      return {
        state: 'away',
        message: `the folder of the files cannot be read (${codeOf(error) ?? 'error'})`,
      };
    }
  }

  return {
    kind: 'disk',
    create: (wanted = {}) => staging.create(wanted, (path, { key }) => placeFile(path, pathOf(key))),
    adopt,
    scratch: (wanted) => staging.scratch(wanted, borrow),
    stat: statKey,
    place: localPath,
    localPath,
    borrow,
    remove,
    list,
    sweepDrafts: staging.sweep,
    freeBytes: staging.freeBytes,
    check,
    close: async () => {},
  };
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
