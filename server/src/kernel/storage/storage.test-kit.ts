import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type S3Server, startMoto, startS3rver } from '../../../test/harness/s3-server.ts';
import { createDiskStorage } from './disk-storage.ts';
import { openReader } from './file-reader.ts';
import { openS3Bucket } from './s3-bucket.ts';
import { createS3Storage } from './s3-storage.ts';
import type { Storage } from './storage.ts';

/** A storage under test, with its folder on this machine. */
export interface Opened {
  storage: Storage;
  folder: string;
  close(): Promise<void>;
}

/** One of the stores: what is started once for all tests, and what each test opens anew. */
export interface Store {
  name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  open(options?: { reserveBytes?: number; copiesBytes?: number; unendedMs?: number }): Promise<Opened>;
}

/** Small, so that files of some megabytes go in parts; Amazon takes none below 5 MiB. */
export const PART_BYTES = 5 * 1024 * 1024;

/** s3rver, which npm brings everywhere. */
export const s3rverStore = (): Store => s3Store('S3 (s3rver)', startS3rver);

/** moto, which knows more of the protocol. */
export const motoStore = (): Store => s3Store('S3 (moto)', startMoto);

/** A folder. */
export function diskStore(): Store {
  return {
    name: 'disk',
    start: async () => {},
    stop: async () => {},
    open: async ({ reserveBytes = 0 } = {}) => {
      const folder = await mkdtemp(join(tmpdir(), 'storage-test-'));
      const storage = await createDiskStorage({ folder, reserveBytes });
      return { storage, folder, close: () => rm(folder, { recursive: true, force: true }) };
    },
  };
}

function s3Store(name: string, startServer: () => Promise<S3Server>): Store {
  let server: S3Server | undefined;
  return {
    name,
    start: async () => {
      server = await startServer();
    },
    stop: async () => server?.stop(),
    open: async ({ reserveBytes = 0, copiesBytes = 64 * 1024 * 1024, unendedMs } = {}) => {
      if (!server) throw new Error('not started');
      const folder = await mkdtemp(join(tmpdir(), 'storage-test-'));
      const bucket = openBucketAt(server);
      const storage = await createS3Storage({ bucket, folder, reserveBytes, copiesBytes, unendedMs });
      const close = async () => {
        for await (const { key } of storage.list('')) await storage.remove(key);
        await storage.close();
        await rm(folder, { recursive: true, force: true });
      };
      return { storage, folder, close };
    },
  };
}

/** The bucket of a test server. */
export function openBucketAt({ endpoint, bucket, accessKeyId, secretAccessKey }: Omit<S3Server, 'stop'>) {
  const settings = {
    endpoint,
    bucket,
    accessKeyId,
    secretAccessKey,
    region: 'us-east-1',
    redirect: false,
    cacheBytes: 0,
  };
  return openS3Bucket(settings, { partBytes: PART_BYTES });
}

/** All bytes under a key, by ranges and by a local copy, which have to be the same. */
export async function readStored(storage: Storage, key: string): Promise<Buffer> {
  const reader = await openReader(await storage.place(key));
  const { size } = await reader.stat();
  const { buffer } = await reader.read(Buffer.alloc(size), 0, size, 0);
  await reader.close();
  const borrowed = await storage.borrow(key);
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(borrowed.path)) chunks.push(chunk);
  await borrowed.release();
  if (!buffer.equals(Buffer.concat(chunks)))
    throw new Error(`${key} reads differently in parts and as a whole`);
  return buffer;
}
