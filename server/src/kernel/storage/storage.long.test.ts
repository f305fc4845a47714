import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../../../e2e/harness/seeded.ts';
import { findMoto, type S3Server, startMoto } from '../../../test/harness/s3-server.ts';
import { openReader } from './file-reader.ts';
import { openStorage } from './open-storage.ts';
import { createS3Storage } from './s3-storage.ts';
import { motoStore, openBucketAt } from './storage.test-kit.ts';
import type { Storage } from './storage.ts';
import { testStorage } from './storage-suite.test-kit.ts';

const skip = findMoto() === null ? ' [skipped: needs python3 -m pip install "moto[server]"]' : '';
const WRITER = join(import.meta.dirname, '../../../test/harness/storage-writer.ts');
const ROUNDS = 20;

describe.skipIf(skip !== '').each([motoStore()])(`on $name${skip}`, testStorage);

describe.skipIf(skip !== '')(`uploads in parts that do not end${skip}`, () => {
  let server: S3Server;
  let folder: string;

  beforeAll(async () => {
    server = await startMoto();
    folder = await mkdtemp(join(tmpdir(), 'storage-long-'));
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const unended = async () => {
    const found: string[] = [];
    for await (const { key } of openBucketAt(server).unendedUploads()) found.push(key);
    return found;
  };

  test('are aborted when their writer gives up, and swept when it died', async () => {
    const bucket = openBucketAt(server);
    const options = { bucket, folder, reserveBytes: 0, copiesBytes: 1e8 };
    const storage = await createS3Storage({ ...options, unendedMs: 0 });
    const stop = new AbortController();
    const draft = await storage.create({ signal: stop.signal });
    await draft.write(randomBytes(40_000_000));
    const committing = draft.commit('given-up');
    await expect.poll(unended).toEqual(['given-up']);
    stop.abort(new Error('given up'));
    await expect(committing).rejects.toThrow('given up');
    await expect.poll(unended).toEqual([]);
    expect(await storage.stat('given-up')).toBeNull();

    const { endpoint, accessKeyId, secretAccessKey } = server;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
    await client.send(new CreateMultipartUploadCommand({ Bucket: server.bucket, Key: 'died' }));
    // moto says that every upload began in 2010.
    const patient = await createS3Storage({ ...options, unendedMs: Date.now() });
    await patient.sweepDrafts(0);
    expect(await unended()).toEqual(['died']);
    await storage.sweepDrafts(0);
    expect(await unended()).toEqual([]);
    client.destroy();
    await storage.close();
    await patient.close();
  });
});

describe.each(['disk', ...(skip === '' ? ['S3'] : [])])('kill -9 at random moments, on %s', (kind) => {
  let server: S3Server | undefined;
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'storage-kill-'));
    if (kind === 'S3') server = await startMoto();
  });
  afterAll(async () => {
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const settings = () => ({
    dataDir,
    s3: server ? { ...server, region: 'us-east-1', redirect: false, cacheBytes: 100_000_000 } : null,
  });

  test(`loses nothing that was acknowledged, and shows nothing that is not whole (${ROUNDS} rounds)`, async () => {
    const acknowledged = new Set<string>();
    const random = seededRandom();
    for (let round = 0; round < ROUNDS; round++) {
      for (const key of await writeUntilKilled(200 + random() * 1500)) acknowledged.add(key);
    }
    const storage = await openStorage(settings());
    const seen = new Set<string>();
    for await (const { key } of storage.list('kill/')) {
      seen.add(key);
      expect(`kill/${await hashOf(storage, key)}`).toBe(key);
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS);
    expect([...acknowledged].filter((key) => !seen.has(key))).toEqual([]);
    await storage.sweepDrafts(0);
    await storage.close();
  }, 300_000);

  async function writeUntilKilled(afterMs: number): Promise<string[]> {
    const child = spawn(process.execPath, [WRITER, JSON.stringify(settings())], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    child.stdout.on('data', (chunk) => {
      told += chunk;
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    // From its first file on, so that a slow start is no round without a write.
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    setTimeout(() => child.kill('SIGKILL'), afterMs);
    await ended;
    return told.split('\n').slice(0, -1);
  }
});

async function hashOf(storage: Storage, key: string): Promise<string> {
  const reader = await openReader(await storage.place(key));
  const hash = createHash('sha256');
  const block = Buffer.alloc(1 << 20);
  for (let position = 0; ; ) {
    const { bytesRead } = await reader.read(block, 0, block.length, position);
    if (bytesRead === 0) break;
    hash.update(block.subarray(0, bytesRead));
    position += bytesRead;
  }
  await reader.close();
  return hash.digest('hex');
}
