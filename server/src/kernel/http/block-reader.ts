import type { FilePlace } from '../storage/storage.ts';
import { type ByteSource, OpenFiles } from './open-files.ts';

const blockBytes = 1024 * 1024;
const pieceBytes = 64 * 1024;
/** Buffers kept for the next reader rather than given to the garbage collector. */
const spareBlocks = 16;
const sparePieces = 128;

/** How much memory the reader may use. */
export interface BlockReaderOptions {
  /** Blocks of hot files kept in memory; default 64 MiB. */
  cacheBytes?: number;
  /** Blocks in memory altogether, cached or being sent; past it readers get small pieces. Default 128 MiB. */
  budgetBytes?: number;
}

/** Bytes on loan: valid until `release`, which must be called exactly once, after the last use. */
export interface Loan {
  bytes: Buffer;
  release(): void;
}

/** A file open for reading; `close` may be called at any time and more than once. */
export interface OpenFile {
  readonly sizeBytes: number;
  /** 1 to `longest` bytes from `position`. Rejects with FileChangedError when the file has become shorter. */
  read(position: number, longest: number): Promise<Loan>;
  close(): void;
}

/** The file is not what it was when its headers were decided. */
export class FileChangedError extends Error {
  constructor() {
    super('The file changed while it was being sent');
    this.name = 'FileChangedError';
  }
}

interface Block {
  key: string;
  buffer: Buffer;
  /** Set once the bytes are there. */
  length: number;
  loading: Promise<void> | null;
  loans: number;
  cached: boolean;
}

/**
 * Reads files in 1 MiB blocks that all readers share while they are hot. Buffers are reused: a loan's bytes
 * change after its release. One per process.
 */
export class BlockReader {
  readonly #cache = new Map<string, Block>();
  readonly #mostCached: number;
  readonly #mostBlocks: number;
  readonly #files = new OpenFiles();
  readonly #freeBlocks: Buffer[] = [];
  readonly #freePieces: Buffer[] = [];
  #blocks = 0;
  #loans = 0;

  constructor({ cacheBytes = 64 * blockBytes, budgetBytes = 128 * blockBytes }: BlockReaderOptions = {}) {
    this.#mostCached = Math.floor(cacheBytes / blockBytes);
    this.#mostBlocks = Math.max(1, Math.floor(budgetBytes / blockBytes));
  }

  /** For metrics and tests: what is held right now. */
  get held(): { blockBytes: number; cachedBytes: number; openFiles: number; loans: number } {
    return {
      blockBytes: this.#blocks * blockBytes,
      cachedBytes: this.#cache.size * blockBytes,
      openFiles: this.#files.inUse,
      loans: this.#loans,
    };
  }

  /** `version` names the bytes: the same place with another version is another file. */
  async open(place: FilePlace, version: string): Promise<OpenFile> {
    const { fd, identity, sizeBytes, release } = await this.#files.use(place, version);
    let isClosed = false;
    return {
      sizeBytes,
      read: async (position, longest) => {
        if (isClosed) throw new Error('The file is closed');
        return this.#read(fd, identity, sizeBytes, position, longest);
      },
      close: () => {
        if (!isClosed) release();
        isClosed = true;
      },
    };
  }

  /** Closes what is kept open for the next reader; what is being read closes when its reader is done. */
  close(): void {
    this.#files.close();
  }

  async #read(
    file: ByteSource,
    identity: string,
    size: number,
    position: number,
    longest: number,
  ): Promise<Loan> {
    const index = Math.floor(position / blockBytes);
    const offset = position - index * blockBytes;
    const wanted = Math.min(longest, blockBytes - offset, size - position);
    if (wanted <= 0) throw new FileChangedError();
    const key = `${identity}:${index}`;
    const cached = this.#cache.get(key);
    if (cached) return this.#lend(cached, offset, wanted);
    const inBlock = Math.min(blockBytes, size - index * blockBytes);
    // A whole block costs little more than half of one, and the next reader finds it in memory.
    const buffer = wanted > pieceBytes || file.isRemote ? this.#takeBuffer() : null;
    if (buffer === null) return this.#readPiece(file, position, Math.min(wanted, pieceBytes));
    const block: Block = { key, buffer, length: 0, loading: null, loans: 0, cached: false };
    const isBestAlone = wanted * 2 < inBlock && !file.isRemote;
    if (isBestAlone || this.#mostCached === 0) return this.#readAlone(file, block, position, wanted);
    block.loading = this.#load(file, block, index * blockBytes, inBlock);
    this.#remember(block);
    return this.#lend(block, offset, wanted);
  }

  async #load(file: ByteSource, block: Block, position: number, length: number): Promise<void> {
    try {
      await fill(file, block.buffer, length, position);
      block.length = length;
      block.loading = null;
    } catch (error) {
      if (block.cached) this.#cache.delete(block.key);
      block.cached = false;
      throw error;
    }
  }

  async #lend(block: Block, offset: number, wanted: number): Promise<Loan> {
    block.loans++;
    this.#loans++;
    // Move to the young end of the least-recently-used order.
    if (block.cached && this.#cache.delete(block.key)) this.#cache.set(block.key, block);
    try {
      if (block.loading) await block.loading;
    } catch (error) {
      this.#giveBack(block);
      throw error;
    }
    const bytes = block.buffer.subarray(offset, Math.min(offset + wanted, block.length));
    return { bytes, release: () => this.#giveBack(block) };
  }

  /** A short range inside a big block: read by itself, not shared. */
  async #readAlone(file: ByteSource, block: Block, position: number, length: number): Promise<Loan> {
    block.loans++;
    this.#loans++;
    try {
      await fill(file, block.buffer, length, position);
    } catch (error) {
      this.#giveBack(block);
      throw error;
    }
    return { bytes: block.buffer.subarray(0, length), release: () => this.#giveBack(block) };
  }

  async #readPiece(file: ByteSource, position: number, length: number): Promise<Loan> {
    const buffer = this.#freePieces.pop() ?? Buffer.allocUnsafeSlow(pieceBytes);
    this.#loans++;
    const release = () => {
      this.#loans--;
      if (this.#freePieces.length < sparePieces) this.#freePieces.push(buffer);
    };
    try {
      await fill(file, buffer, length, position);
    } catch (error) {
      release();
      throw error;
    }
    return { bytes: buffer.subarray(0, length), release };
  }

  #giveBack(block: Block): void {
    block.loans--;
    this.#loans--;
    if (block.loans === 0 && !block.cached) this.#freeBuffer(block.buffer);
  }

  #remember(block: Block): void {
    block.cached = true;
    this.#cache.set(block.key, block);
    while (this.#cache.size > this.#mostCached) this.#forgetOldest();
  }

  /** Drops the least recently used block; one on loan goes back to the pool with its last release. */
  #forgetOldest(): void {
    const [oldest] = this.#cache.values();
    if (oldest === undefined) return;
    this.#cache.delete(oldest.key);
    oldest.cached = false;
    if (oldest.loans === 0) this.#freeBuffer(oldest.buffer);
  }

  #takeBuffer(): Buffer | null {
    const spare = this.#freeBlocks.pop();
    if (spare) return spare;
    if (this.#blocks < this.#mostBlocks) {
      this.#blocks++;
      return Buffer.allocUnsafeSlow(blockBytes);
    }
    for (const block of this.#cache.values()) {
      if (block.loans > 0) continue;
      this.#cache.delete(block.key);
      block.cached = false;
      return block.buffer;
    }
    return null;
  }

  #freeBuffer(buffer: Buffer): void {
    if (this.#freeBlocks.length < spareBlocks) this.#freeBlocks.push(buffer);
    else this.#blocks--;
  }
}

async function fill(file: ByteSource, into: Buffer, length: number, position: number): Promise<void> {
  if (!(await file.readFully(into, length, position))) throw new FileChangedError();
}
