import type { Writable } from 'node:stream';

/** A stored file as listings and look-ups show it. */
export interface StoredFile {
  key: string;
  sizeBytes: number;
  modifiedAt: Date;
  /** Lower-case hex over all bytes, where the store itself keeps it: S3 does, in a look-up; a disk does not. */
  sha256?: string;
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
  /** A path to read a stored file from, good until `remove`. Throws StorageMissingError. */
  bring(key: string, signal?: AbortSignal): Promise<string>;
  remove(): Promise<void>;
}

/** A file that lies elsewhere and is read by ranges. */
export interface RemoteFile {
  /** Names store and key; the same text is the same file. */
  readonly name: string;
  /** Throws StorageMissingError or StorageAwayError. */
  stat(): Promise<StoredFile>;
  /** False when the file ends before `length` bytes. Throws StorageMissingError or StorageAwayError. */
  readFully(into: Buffer, length: number, position: number): Promise<boolean>;
  /** An address at the store itself that gives the whole file or ranges of it to whoever has it, for a short time. */
  presign(reply: PresignedReply): string;
}

/** What the store is to say of a file that it sends by itself. */
export interface PresignedReply {
  contentType: string;
  disposition?: string | undefined;
  cacheControl?: string | undefined;
}

/** Where a file's bytes are read: at a path of this machine, or elsewhere by ranges. */
export type FilePlace = string | RemoteFile;

/** A path for a tool that needs one; good, and kept from eviction, until `release`, which may be called twice. */
export interface Borrowed {
  readonly path: string;
  release(): Promise<void>;
}

/** How the store is: `full` and `away` say in a sentence what is the matter. */
export interface StorageState {
  state: 'well' | 'full' | 'away';
  message: string;
}

/** Where the bytes live: a flat space of keys, each whole or absent. Keys obey `assertKey`. */
export interface Storage {
  readonly kind: 'disk' | 's3';
  create(options?: { signal?: AbortSignal; expectedBytes?: number }): Promise<Draft>;
  /** Takes over a finished local file (it is gone from `path` afterwards) and makes it visible under `key`. */
  adopt(path: string, key: string): Promise<CommittedFile>;
  /** A folder near the files, swept like drafts when its owner dies. Throws StorageFullError. */
  scratch(options?: { expectedBytes?: number }): Promise<Scratch>;
  /** Null when there is no such file. */
  stat(key: string): Promise<StoredFile | null>;
  /** Where to read parts of it. Throws StorageMissingError: on disk at once, elsewhere when it is first read. */
  place(key: string): Promise<FilePlace>;
  /** A path of this machine to read the whole file from, never to write to. Throws StorageMissingError, CopyTooLargeError. */
  borrow(key: string, options?: { signal?: AbortSignal | undefined }): Promise<Borrowed>;
  /** True when there was something to remove. */
  remove(key: string): Promise<boolean>;
  /** Every file whose key begins with `prefix` (any string, `''` for all), in no promised order. */
  list(prefix: string): AsyncIterable<StoredFile>;
  /** Removes drafts and scratch folders that nobody has touched for so long; returns how many. */
  sweepDrafts(olderThanMs: number): Promise<number>;
  /** Bytes that may still be written on this machine before the reserve is reached. */
  freeBytes(): Promise<number>;
  /** Looks whether files can be kept and read; answers soon, whatever the matter. */
  check(): Promise<StorageState>;
  close(): Promise<void>;
}
