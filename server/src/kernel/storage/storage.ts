import type { Writable } from 'node:stream';

/** A stored file as listings and look-ups show it. */
export interface StoredFile {
  key: string;
  sizeBytes: number;
  modifiedAt: Date;
}

/** What a finished write amounts to; `sha256` is lower-case hex over all bytes. */
export interface CommittedFile {
  key: string;
  sizeBytes: number;
  sha256: string;
}

/**
 * A file being written, visible to nobody until `commit`. Exactly one of `commit` and `abandon` ends it;
 * a failed write or an aborted signal abandons it, and every later call throws.
 */
export interface Draft {
  /** Local path of the bytes so far; readable while the draft lives. */
  readonly path: string;
  /** The same bytes as a stream, for pipelines; ending it flushes but does not commit. Made on first use. */
  readonly writable: Writable;
  readonly bytesWritten: number;
  /** Appends; resolves when the bytes are with the operating system. Throws StorageFullError. */
  write(chunk: Uint8Array): Promise<void>;
  /** Forgets all bytes and starts again at zero. */
  restart(): Promise<void>;
  /** Makes the bytes durable, then visible under `key`, replacing what was there in one step. */
  commit(key: string): Promise<CommittedFile>;
  /** Removes the bytes; harmless when the draft already ended. */
  abandon(): Promise<void>;
}

/** A private folder for tools that need paths to write to; `remove` takes everything in it along. */
export interface Scratch {
  readonly path: string;
  remove(): Promise<void>;
}

/** Where the bytes live: a flat space of keys, each whole or absent. Keys obey `assertKey`. */
export interface Storage {
  create(options?: { signal?: AbortSignal; expectedBytes?: number }): Promise<Draft>;
  /** Takes over a finished local file (it is gone from `path` afterwards) and makes it visible under `key`. */
  adopt(path: string, key: string): Promise<CommittedFile>;
  /** A folder near the files, swept like drafts when its owner dies. Throws StorageFullError. */
  scratch(options?: { expectedBytes?: number }): Promise<Scratch>;
  /** Null when there is no such file. */
  stat(key: string): Promise<StoredFile | null>;
  /** A path to read the whole file from, never to write to. Throws StorageMissingError. */
  localPath(key: string): Promise<string>;
  /** True when there was something to remove. */
  remove(key: string): Promise<boolean>;
  /** Every file whose key begins with `prefix` (any string, `''` for all), in no promised order. */
  list(prefix: string): AsyncIterable<StoredFile>;
  /** Removes drafts and scratch folders that nobody has touched for so long; returns how many. */
  sweepDrafts(olderThanMs: number): Promise<number>;
  /** Bytes that may still be written before the reserve is reached. */
  freeBytes(): Promise<number>;
}
