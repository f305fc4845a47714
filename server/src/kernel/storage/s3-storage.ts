import { createHash } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Bucket } from './bucket.ts';
import {
  asStorageError,
  StorageAwayError,
  StorageDamagedError,
  StorageFullError,
  StorageMissingError,
} from './errors.ts';
import { syncAndHash } from './hash-file.ts';
import { assertKey } from './key.ts';
import { createLocalCopies } from './local-copies.ts';
import { openStaging } from './staging.ts';
import type { Borrowed, CommittedFile, RemoteFile, Storage, StorageState } from './storage.ts';

/** `folder` is of this machine: drafts, and copies that tools work on. */
export interface S3StorageOptions {
  bucket: Bucket;
  folder: string;
  reserveBytes?: number;
  copiesBytes: number;
  /** Unended uploads older than this are aborted by a sweep; default a day, longer than any upload takes. */
  unendedMs?: number;
}

const RESERVE_BYTES = 512 * 1024 * 1024;
const DAY_MS = 86_400_000;
/** One range of at most a mebibyte, retries included. */
const RANGE_MS = 30_000;
const READ_TRIES = 3;
const CHECK_MS = 2_000;

/**
 * Storage in a bucket. A file is made on this machine first, so that it can be looked at, then sent; S3 shows an object
 * only when all of it is there. The hash of its bytes is kept beside it.
 */
export async function createS3Storage(options: S3StorageOptions): Promise<Storage> {
  const { bucket, folder } = options;
  const staging = await openStaging(resolve(folder, 'tmp'), options.reserveBytes ?? RESERVE_BYTES);
  const copies = await createLocalCopies({
    folder: resolve(folder, 'copies'),
    limitBytes: options.copiesBytes,
    sizeOf: async (key, signal) => {
      const found = await bucket.head(key, signal);
      if (found === null) throw new StorageMissingError(key);
      return found.sizeBytes;
    },
    fetch: (key, path, signal) => fetchWhole(bucket, key, path, signal),
    checkRoom: staging.checkRoom,
  });

  async function send(path: string, file: CommittedFile, signal?: AbortSignal): Promise<void> {
    assertKey(file.key);
    await bucket.upload(path, file, signal);
    await copies.forget(file.key);
    // The next thing that happens to a fresh file is that a tool reads it.
    await copies.keep(path, file.key).catch(() => unlink(path).catch(() => undefined));
  }

  async function adopt(path: string, key: string): Promise<CommittedFile> {
    assertKey(key);
    const file = { key, ...(await syncAndHash(path)) };
    await bucket.upload(path, file);
    await copies.forget(key);
    await unlink(path);
    return file;
  }

  async function borrow(key: string, signal: AbortSignal | undefined): Promise<Borrowed> {
    assertKey(key);
    return copies.borrow(key, signal);
  }

  async function* list(prefix: string) {
    const inside = prefix.slice(0, prefix.lastIndexOf('/'));
    if (inside !== '') assertKey(inside);
    yield* bucket.list(prefix);
  }

  async function sweepDrafts(olderThanMs: number): Promise<number> {
    let swept = (await staging.sweep(olderThanMs)) + (await copies.sweep(olderThanMs));
    const youngest = Date.now() - (options.unendedMs ?? DAY_MS);
    for await (const upload of bucket.unendedUploads()) {
      if (upload.beganAt.getTime() > youngest) continue;
      await bucket.abortUpload(upload);
      swept++;
    }
    return swept;
  }

  async function check(): Promise<StorageState> {
    try {
      await bucket.touch(AbortSignal.timeout(CHECK_MS));
      if ((await staging.freeBytes()) > 0) return { state: 'well', message: 'the bucket answers' };
      return { state: 'full', message: 'this machine’s disk is full: nothing new can be worked on' };
    } catch (error) {
      if (error instanceof StorageFullError) return { state: 'full', message: error.message };
      const why = error instanceof StorageAwayError ? error.message : 'it does not answer in time';
      return { state: 'away', message: `the bucket cannot be used: ${why}` };
    }
  }

  return {
    kind: 's3',
    create: (wanted = {}) => staging.create(wanted, (path, file) => send(path, file, wanted.signal)),
    adopt,
    scratch: (wanted) => staging.scratch(wanted, borrow),
    stat: async (key) => {
      assertKey(key);
      return bucket.head(key);
    },
    place: async (key) => {
      assertKey(key);
      return remoteFile(bucket, key);
    },
    borrow: (key, { signal } = {}) => borrow(key, signal),
    remove: async (key) => {
      assertKey(key);
      if ((await bucket.head(key)) === null) return false;
      await bucket.remove(key);
      await copies.forget(key);
      return true;
    },
    list,
    sweepDrafts,
    freeBytes: staging.freeBytes,
    check,
    close: async () => bucket.close(),
  };
}

function remoteFile(bucket: Bucket, key: string): RemoteFile {
  return {
    name: `${bucket.name}/${key}`,
    stat: async () => {
      const found = await bucket.head(key, AbortSignal.timeout(RANGE_MS));
      if (found === null) throw new StorageMissingError(key);
      return found;
    },
    readFully: (into, length, position) => readRange(bucket, key, into, length, position),
    presign: (reply) => bucket.presign(key, reply),
  };
}

/** A body that breaks off is asked for again from there; what else fails was tried again by the client. */
async function readRange(
  bucket: Bucket,
  key: string,
  into: Buffer,
  length: number,
  position: number,
): Promise<boolean> {
  const signal = AbortSignal.timeout(RANGE_MS);
  let done = 0;
  for (let attempt = 1; done < length; attempt++) {
    const range = { start: position + done, end: position + length - 1 };
    const found = await bucket.get(key, range, signal).catch((error: unknown) => {
      throw signal.aborted ? new StorageAwayError('it is too slow', { cause: error }) : error;
    });
    if (found === null) throw new StorageMissingError(key);
    if (range.end >= found.sizeBytes) {
      found.body.destroy();
      return false;
    }
    try {
      for await (const chunk of found.body as AsyncIterable<Buffer>)
        done += chunk.copy(into, done, 0, length - done);
    } catch (error) {
      if (attempt === READ_TRIES || signal.aborted)
        throw new StorageAwayError('it broke off in the middle of a range', { cause: error });
    }
  }
  return true;
}

/** Brings the whole object to a local file, and holds it to its size and to its hash where one is kept. */
async function fetchWhole(bucket: Bucket, key: string, path: string, signal: AbortSignal): Promise<void> {
  const told = await bucket.head(key, signal);
  const found = told && (await bucket.get(key, null, signal));
  if (!told || !found) throw new StorageMissingError(key);
  const hash = createHash('sha256');
  const file = await open(path, 'r+');
  let position = 0;
  try {
    for await (const chunk of found.body as AsyncIterable<Buffer>) {
      await file.write(chunk, 0, chunk.length, position);
      hash.update(chunk);
      position += chunk.length;
    }
    await file.sync();
  } catch (error) {
    const full = asStorageError(error);
    if (full instanceof StorageFullError) throw full;
    throw new StorageAwayError('it broke off in the middle of a file', { cause: error });
  } finally {
    await file.close();
  }
  const isWhole = position === told.sizeBytes && (!told.sha256 || hash.digest('hex') === told.sha256);
  if (!isWhole) throw new StorageDamagedError(key);
}
