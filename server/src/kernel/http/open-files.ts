import { close, fstat, open, read, type Stats } from 'node:fs';
import { promisify } from 'node:util';
import type { FilePlace, RemoteFile } from '../storage/storage.ts';

const openFd = promisify(open);
const closeFd = promisify(close);
const statFd = promisify(fstat);

/** How long a file stays open after its last reader: a player's next range comes within seconds. */
const idleMs = 10_000;
const mostIdle = 128;

/** What blocks are filled from. */
export interface ByteSource {
  /** Each read costs a round trip: better a whole block than a part of one. */
  readonly isRemote: boolean;
  /** False when the file ends before `length` bytes. */
  readFully(into: Buffer, length: number, position: number): Promise<boolean>;
}

/** One reader's share in an open file; `release` exactly once. */
export interface FileUse {
  fd: ByteSource;
  /** Names these bytes on this machine. */
  identity: string;
  sizeBytes: number;
  release(): void;
}

interface Opened extends Omit<FileUse, 'release'> {
  close(): void;
}

interface Entry {
  opening: Promise<Opened>;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

/**
 * Files that several readers share and that stay open a little longer. Opening, asking the size and closing are
 * three trips to the thread pool: for a short range, more than reading it.
 */
export class OpenFiles {
  readonly #entries = new Map<string, Entry>();
  #isClosed = false;
  inUse = 0;

  /** `version` names the bytes: a path that got new bytes is asked for under a new one. Rejects as `fs.open` does. */
  async use(place: FilePlace, version: string): Promise<FileUse> {
    const key = `${typeof place === 'string' ? place : place.name}\n${version}`;
    const entry = this.#entries.get(key) ?? this.#open(key, place);
    clearTimeout(entry.idle);
    entry.users++;
    this.inUse++;
    try {
      const { fd, identity, sizeBytes } = await entry.opening;
      const release = () => this.#release(key, entry);
      return { fd, identity, sizeBytes, release };
    } catch (error) {
      this.inUse--;
      throw error;
    }
  }

  /** Closes what nobody uses; the rest follows with its last reader. */
  close(): void {
    this.#isClosed = true;
    for (const [key, entry] of this.#entries) if (entry.users === 0) this.#drop(key, entry);
  }

  /** How many descriptors are open, idle ones included. */
  get open(): number {
    return this.#entries.size;
  }

  #open(key: string, place: FilePlace): Entry {
    const opening = typeof place === 'string' ? openShared(place) : openRemote(place, key);
    const entry: Entry = { opening, users: 0, idle: undefined };
    this.#entries.set(key, entry);
    entry.opening.catch(() => this.#entries.delete(key));
    return entry;
  }

  #release(key: string, entry: Entry): void {
    this.inUse--;
    entry.users--;
    if (entry.users > 0) return;
    if (this.#isClosed) {
      this.#drop(key, entry);
      return;
    }
    // The youngest of the idle ones stands last.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.idle = setTimeout(() => this.#drop(key, entry), idleMs).unref();
    if (this.#entries.size > mostIdle) this.#dropOldest();
  }

  #dropOldest(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.users > 0) continue;
      this.#drop(key, entry);
      return;
    }
  }

  #drop(key: string, entry: Entry): void {
    clearTimeout(entry.idle);
    this.#entries.delete(key);
    entry.opening.then((opened) => opened.close()).catch(() => undefined);
  }
}

async function openShared(path: string): Promise<Opened> {
  const fd = new SharedFd(await openFd(path, 'r'));
  try {
    const found = await fd.stat();
    return { fd, identity: identityOf(found), sizeBytes: found.size, close: () => fd.close() };
  } catch (error) {
    fd.close();
    throw error;
  }
}

/** Nothing stays open elsewhere; what is remembered is that the file is there, and its size. */
async function openRemote(file: RemoteFile, identity: string): Promise<Opened> {
  const { sizeBytes } = await file.stat();
  const readFully = file.readFully.bind(file);
  return { fd: { isRemote: true, readFully }, identity, sizeBytes, close: () => {} };
}

/** A descriptor closed exactly once, and never while a read on it is under way (its number may be reused at once). */
export class SharedFd implements ByteSource {
  readonly isRemote = false;
  readonly #fd: number;
  #reading = 0;
  #closing = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  stat(): Promise<Stats> {
    return statFd(this.#fd);
  }

  /** False when the file ends before `length` bytes. */
  async readFully(into: Buffer, length: number, position: number): Promise<boolean> {
    if (this.#closing) throw new Error('The file is closed');
    this.#reading++;
    try {
      for (let done = 0; done < length; ) {
        const count = await this.#readOnce(into, done, length - done, position + done);
        if (count === 0) return false;
        done += count;
      }
      return true;
    } finally {
      this.#reading--;
      if (this.#closing && this.#reading === 0) this.#closeNow();
    }
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#reading === 0) this.#closeNow();
  }

  #readOnce(into: Buffer, offset: number, length: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#fd, into, offset, length, position, (error, count) =>
        error ? reject(error) : resolve(count),
      );
    });
  }

  #closeNow(): void {
    // Nothing was written: a failing close of a file opened for reading loses nothing.
    closeFd(this.#fd).catch(() => undefined);
  }
}

/** A changed file is another file: size and time are part of its name in the cache. */
function identityOf({ dev, ino, size, mtimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}`;
}
