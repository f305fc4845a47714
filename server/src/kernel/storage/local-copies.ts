import { createHash, randomUUID } from 'node:crypto';
import { link, open, readdir, rename, stat, truncate, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../reason-of.ts';
import { makeFolder } from './durable-files.ts';
import { asStorageError, CopyTooLargeError, StorageFullError } from './errors.ts';
import { isAbsent } from './missing-file.ts';
import type { Borrowed } from './storage.ts';

/** Copies of stored files on this machine, for tools that need a path. */
export interface LocalCopiesOptions {
  folder: string;
  /** All copies together, those being fetched and those in use included, in all processes on this folder. */
  limitBytes: number;
  /** Throws StorageMissingError. */
  sizeOf(key: string, signal: AbortSignal): Promise<number>;
  /** Writes the whole file to `path`, which exists; throws unless every byte is right. */
  fetch(key: string, path: string, signal: AbortSignal): Promise<void>;
  /** Throws StorageFullError when the disk itself has no room. */
  checkRoom(neededBytes: number): Promise<void>;
  /** How long an asker waits for others to give their copies back; default 10 minutes. */
  patienceMs?: number;
}

/** See `createLocalCopies`. */
export interface LocalCopies {
  borrow(key: string, signal?: AbortSignal): Promise<Borrowed>;
  /** Takes over a local file that has just been stored: it is likely to be wanted next. Gone from `path` afterwards. */
  keep(path: string, key: string): Promise<void>;
  forget(key: string): Promise<void>;
  /** Takes back what dead processes had borrowed or begun to fetch. */
  sweep(olderThanMs: number): Promise<number>;
}

const TOUCH_MS = 60_000;
const PATIENCE_MS = 600_000;
const PART = '.part';

interface Fetching {
  done: Promise<void>;
  askers: number;
  stop: AbortController;
}

/**
 * A bounded cache shared by all processes on one folder, without a lock. A copy is a file named after its key; who
 * borrows it makes a hard link, so that evicting it takes nothing away from a reader, and a copy with one link is one
 * that nobody reads. A fetch begins with a file of the full (sparse) size: whoever comes next counts it already, and
 * two that do not fit together both step back and try again after a random pause. The time of a copy is that of its
 * last use.
 */
export async function createLocalCopies(options: LocalCopiesOptions): Promise<LocalCopies> {
  const { folder, limitBytes } = options;
  const lent = join(folder, 'lent');
  await makeFolder(lent);
  const fetching = new Map<string, Fetching>();
  /** Links that this process holds. */
  const held = new Set<string>();
  const pathOf = (key: string) => join(folder, createHash('sha256').update(key).digest('hex'));

  async function borrow(key: string, signal?: AbortSignal): Promise<Borrowed> {
    for (;;) {
      signal?.throwIfAborted();
      const path = await lend(pathOf(key));
      if (path !== null) return path;
      await fetchOnce(key, signal);
    }
  }

  async function lend(copy: string): Promise<Borrowed | null> {
    const name = randomUUID();
    const path = join(lent, name);
    held.add(name);
    try {
      await link(copy, path);
    } catch (error) {
      held.delete(name);
      if (isAbsent(error)) return null;
      throw asStorageError(error);
    }
    const touch = () => void utimes(path, new Date(), new Date()).catch(() => undefined);
    touch();
    const timer = setInterval(touch, TOUCH_MS).unref();
    return {
      path,
      release: async () => {
        clearInterval(timer);
        await unlinkIfThere(path);
        held.delete(name);
      },
    };
  }

  /** One fetch for all who ask for it here; it goes on while one of them still waits. */
  async function fetchOnce(key: string, signal?: AbortSignal): Promise<void> {
    const current = fetching.get(key) ?? begin(key);
    current.askers++;
    const leave = () => {
      current.askers--;
      if (current.askers > 0) return;
      if (fetching.get(key) === current) fetching.delete(key);
      current.stop.abort(signal?.reason);
    };
    let onAbort: (() => void) | undefined;
    const left = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
    try {
      await Promise.race([current.done, left]);
    } finally {
      if (onAbort) signal?.removeEventListener('abort', onAbort);
      leave();
    }
  }

  function begin(key: string): Fetching {
    const stop = new AbortController();
    const done = fetchCopy(key, stop.signal).finally(() => {
      if (fetching.get(key) === made) fetching.delete(key);
    });
    const made: Fetching = { done, askers: 0, stop };
    done.catch(() => undefined);
    fetching.set(key, made);
    return made;
  }

  async function fetchCopy(key: string, signal: AbortSignal): Promise<void> {
    const sizeBytes = await options.sizeOf(key, signal);
    const part = await reserveRoom(key, sizeBytes, signal);
    if (part === null) return;
    try {
      await options.fetch(key, part, signal);
      await publish(part, pathOf(key));
    } catch (error) {
      throw signal.aborted ? signal.reason : asStorageError(error);
    } finally {
      held.delete(part);
      await unlinkIfThere(part);
    }
  }

  /** A file of that size that fits; null when another process has brought the copy meanwhile. */
  async function reserveRoom(key: string, sizeBytes: number, signal: AbortSignal): Promise<string | null> {
    if (sizeBytes > limitBytes) throw new CopyTooLargeError(sizeBytes, limitBytes);
    const giveUpAt = Date.now() + (options.patienceMs ?? PATIENCE_MS);
    for (;;) {
      const part = join(folder, randomUUID() + PART);
      held.add(part);
      try {
        await (await open(part, 'wx', 0o640)).close();
        await truncate(part, sizeBytes);
        if (await makeRoom()) {
          await options.checkRoom(sizeBytes);
          return part;
        }
      } catch (error) {
        await dropPart(part);
        throw asStorageError(error);
      }
      await dropPart(part);
      if (Date.now() > giveUpAt) throw new StorageFullError('all local copies are in use (S3_CACHE_MB)');
      await sleep(100 + Math.random() * 400, undefined, { signal });
      if (await exists(pathOf(key))) return null;
    }
  }

  async function dropPart(part: string): Promise<void> {
    held.delete(part);
    await unlinkIfThere(part);
  }

  /** Evicts the copies that were used longest ago, until all fit; false when what is in use does not fit by itself. */
  async function makeRoom(): Promise<boolean> {
    const found = await survey();
    let total = sizeOfAll(found);
    const idle = found.filter(({ isIdle }) => isIdle).sort((a, b) => a.usedAtMs - b.usedAtMs);
    if (total <= limitBytes) return true;
    for (const copy of idle) {
      if (total <= limitBytes) break;
      await unlinkIfThere(copy.path);
      total -= copy.sizeBytes;
    }
    // One of them may have been borrowed in that instant: its bytes are still there.
    return sizeOfAll(await survey()) <= limitBytes;
  }

  /** Every copy once, however many links it has. */
  async function survey(): Promise<Copy[]> {
    const copies = new Map<number, Copy>();
    for (const inside of [folder, lent]) {
      for (const name of await readdir(inside)) {
        const path = join(inside, name);
        const found = await stat(path).catch(() => null);
        if (!found?.isFile() || copies.has(found.ino)) continue;
        const isIdle = inside === folder && found.nlink === 1 && !name.endsWith(PART);
        copies.set(found.ino, { path, sizeBytes: found.size, usedAtMs: found.mtimeMs, isIdle });
      }
    }
    return [...copies.values()];
  }

  async function keep(path: string, key: string): Promise<void> {
    const part = join(folder, randomUUID() + PART);
    held.add(part);
    try {
      const { size } = await stat(path);
      if (size > limitBytes) return;
      await rename(path, part);
      if (await makeRoom()) await publish(part, pathOf(key));
    } finally {
      held.delete(part);
      await unlinkIfThere(part);
      await unlinkIfThere(path);
    }
  }

  async function sweep(olderThanMs: number): Promise<number> {
    let swept = 0;
    for (const inside of [folder, lent]) {
      for (const name of await readdir(inside)) {
        const path = join(inside, name);
        if (inside === folder && !name.endsWith(PART)) continue;
        if (held.has(inside === folder ? path : name)) continue;
        const found = await stat(path).catch(() => null);
        if (!found || Date.now() - found.mtimeMs <= olderThanMs) continue;
        await unlinkIfThere(path);
        swept++;
      }
    }
    return swept;
  }

  return { borrow, keep, forget: (key) => unlinkIfThere(pathOf(key)), sweep };
}

interface Copy {
  path: string;
  sizeBytes: number;
  usedAtMs: number;
  /** Nobody reads it: it may go. */
  isIdle: boolean;
}

const sizeOfAll = (copies: readonly Copy[]): number =>
  copies.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

/** Gives the copy its name; another process may have brought the same bytes first. */
async function publish(part: string, copy: string): Promise<void> {
  await utimes(part, new Date(), new Date());
  try {
    await link(part, copy);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}
