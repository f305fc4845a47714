import type { Readable } from 'node:stream';
import type { CommittedFile, PresignedReply, StoredFile } from './storage.ts';

/** Bytes of an object as they come. */
export interface ObjectBytes {
  /** Of the whole object. */
  sizeBytes: number;
  body: Readable;
}

/** A multipart upload that nobody has ended. */
export interface UnendedUpload {
  key: string;
  uploadId: string;
  beganAt: Date;
}

/** The few things that a store of objects does for us; everything else is built on them. Throws StorageAwayError. */
export interface Bucket {
  /** Names the bucket, for caches: another bucket is another name. */
  readonly name: string;
  /** Puts a whole local file under its key, visible only when all of it is there. */
  upload(path: string, file: CommittedFile, signal?: AbortSignal): Promise<void>;
  /** Null when there is none. */
  head(key: string, signal?: AbortSignal): Promise<StoredFile | null>;
  /** Bytes `start` to `end`, both included, or all; null when there is no such object. */
  get(
    key: string,
    range: { start: number; end: number } | null,
    signal?: AbortSignal,
  ): Promise<ObjectBytes | null>;
  remove(key: string): Promise<void>;
  list(prefix: string): AsyncIterable<StoredFile>;
  /** Uploads that a crash left: they are invisible and cost room. Empty where the store cannot tell. */
  unendedUploads(): AsyncIterable<UnendedUpload>;
  abortUpload(upload: UnendedUpload): Promise<void>;
  presign(key: string, reply: PresignedReply): string;
  /** Resolves when the bucket answers and lets us in. */
  touch(signal: AbortSignal): Promise<void>;
  close(): void;
}
