import { type FileHandle, open, readdir, stat, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder, syncFolder } from './durable-files.ts';
import { asStorageError, StorageKeyError, StorageMissingError } from './errors.ts';
import { assertKey } from './key.ts';
import { isAbsent } from './missing-file.ts';

/** A file that is written over days and restarts, open for one writer. */
export interface UnfinishedFile {
  /** Appends; resolves when the bytes are with the operating system. Throws StorageFullError. */
  write(chunk: Uint8Array): Promise<void>;
  /** The first bytes, as many as there are. */
  head(bytes: number): Promise<Uint8Array>;
  /** Makes what was written durable; answers how many bytes the file has by then. Throws StorageFullError. */
  sync(): Promise<number>;
  /** Forgets what lies behind so many bytes. */
  cut(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Where unfinished files lie: on this machine's disk, whatever the storage is (README.md says why). */
export interface UnfinishedFiles {
  /** Opens for writing behind `offset` bytes, and cuts off what lies further. Throws StorageMissingError when fewer are there. */
  open(name: string, offset: number): Promise<UnfinishedFile>;
  pathOf(name: string): string;
  /** Null when there is no such file here. */
  sizeOf(name: string): Promise<number | null>;
  /** True when there was something to remove. */
  remove(name: string): Promise<boolean>;
  list(): AsyncIterable<{ name: string; modifiedAt: Date }>;
}

const ENDING = '.part';

/**
 * Unfinished files on a local disk; the first one makes the folder, which shares a file system with the storage's
 * own, so that a whole file is moved and not copied.
 */
export function createUnfinishedFiles(path: string): UnfinishedFiles {
  const folder = resolve(path);

  function pathOf(name: string): string {
    assertKey(name);
    if (name.includes('/')) throw new StorageKeyError(name);
    return join(folder, `${name}${ENDING}`);
  }

  async function sizeOf(name: string): Promise<number | null> {
    try {
      return (await stat(pathOf(name))).size;
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  async function openAt(name: string, offset: number): Promise<UnfinishedFile> {
    const filePath = pathOf(name);
    const size = await sizeOf(name);
    if ((size ?? 0) < offset) throw new StorageMissingError(name);
    await makeFolder(folder);
    const handle = await open(filePath, size === null ? 'wx+' : 'r+', 0o640);
    try {
      if (size === null) await syncFolder(folder);
      else if (size > offset) await handle.truncate(offset);
    } catch (error) {
      await handle.close();
      throw asStorageError(error);
    }
    return openFile(handle, offset);
  }

  async function remove(name: string): Promise<boolean> {
    try {
      await unlink(pathOf(name));
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  async function* list(): AsyncIterable<{ name: string; modifiedAt: Date }> {
    for (const entry of await readdir(folder).catch(() => [])) {
      if (!entry.endsWith(ENDING)) continue;
      const found = await stat(join(folder, entry)).catch(() => null);
      if (found) yield { name: entry.slice(0, -ENDING.length), modifiedAt: found.mtime };
    }
  }

  return { open: openAt, pathOf, sizeOf, remove, list };
}

function openFile(handle: FileHandle, offset: number): UnfinishedFile {
  let end = offset;
  return {
    write: async (chunk) => {
      try {
        for (let done = 0; done < chunk.byteLength; ) {
          done += (await handle.write(chunk, done, chunk.byteLength - done, end + done)).bytesWritten;
        }
      } catch (error) {
        throw asStorageError(error);
      }
      end += chunk.byteLength;
    },
    head: async (bytes) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    },
    sync: async () => {
      try {
        await handle.datasync();
      } catch (error) {
        throw asStorageError(error);
      }
      return end;
    },
    cut: async (bytes) => {
      await handle.truncate(bytes);
      end = bytes;
    },
    close: () => handle.close(),
  };
}
