import { close, fstat, open, read, type Stats } from 'node:fs';
import { promisify } from 'node:util';

const openFd = promisify(open);
const closeFd = promisify(close);
const statFd = promisify(fstat);

/** How long a file stays open after its last reader: a player's next range comes within seconds. */
const idleMs = 10_000;
const mostIdle = 128;

/** One reader's share in an open file; `release` exactly once. */
export interface FileUse {
  fd: SharedFd;
  /** Names these bytes on this machine. */
  identity: string;
  sizeBytes: number;
  release(): void;
}

interface Entry {
  opening: Promise<{ fd: SharedFd; found: Stats }>;
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
  async use(path: string, version: string): Promise<FileUse> {
    const key = `${path}\n${version}`;
    const entry = this.#entries.get(key) ?? this.#open(key, path);
    clearTimeout(entry.idle);
    entry.users++;
    this.inUse++;
    try {
      const { fd, found } = await entry.opening;
      const release = () => this.#release(key, entry);
      return { fd, identity: identityOf(found), sizeBytes: found.size, release };
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

  #open(key: string, path: string): Entry {
    const entry: Entry = { opening: openShared(path), users: 0, idle: undefined };
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
    entry.opening.then(({ fd }) => fd.close()).catch(() => undefined);
  }
}

async function openShared(path: string): Promise<{ fd: SharedFd; found: Stats }> {
  const fd = new SharedFd(await openFd(path, 'r'));
  try {
    return { fd, found: await fd.stat() };
  } catch (error) {
    fd.close();
    throw error;
  }
}

/** A descriptor closed exactly once, and never while a read on it is under way (its number may be reused at once). */
export class SharedFd {
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
