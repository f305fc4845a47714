import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { createReadyRecording } from '../../../../test/harness/factories/media.ts';
import { type S3Server, startS3rver } from '../../../../test/harness/s3-server.ts';
import { openBucket } from '../../../kernel/storage/open-storage.ts';
import type { Storage } from '../../../kernel/storage/storage.ts';

let here: TestApp;
let server: S3Server;
let bucket: Storage;

beforeAll(async () => {
  server = await startS3rver();
  here = await buildTestApp();
  const { organisation } = await createSignedIn(here);
  await createReadyRecording(here, organisation.id);
  const s3 = { ...server, region: 'us-east-1', redirect: false, cacheBytes: 1e8 };
  bucket = await openBucket({ dataDir: here.dataDir }, s3);
});
afterAll(async () => {
  await bucket.close();
  await here.end();
  await server.stop();
});

async function copy(from: Storage, to: Storage) {
  const failures: string[] = [];
  const result = await here.composition.media.copyFiles({
    from,
    to,
    onFailure: ({ kind }, why) => failures.push(`${kind}: ${why}`),
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  return { ...result, failures };
}

test('everything that rows name goes over once, with its hash, and what is damaged is told and left', async () => {
  const disk = here.kernel.storage;
  const { rows } = await here.kernel.db.pool.query(
    'select file_key as key from renditions order by format limit 1',
  );
  const broken = path.join(here.dataDir, 'storage', 'files', rows[0].key);
  await writeFile(broken, 'damaged');
  const first = await copy(disk, bucket);
  expect(first).toMatchObject({
    there: 0,
    failed: 1,
    failures: ['rendition: its content is not what it was'],
  });
  expect(first.copied).toBeGreaterThanOrEqual(5);
  expect(await bucket.stat(rows[0].key)).toBeNull();
  expect(await copy(disk, bucket)).toMatchObject({ copied: 0, there: first.copied, failed: 1 });
  for await (const { key, sizeBytes } of bucket.list('')) {
    expect((await disk.stat(key))?.sizeBytes).toBe(sizeBytes);
    expect((await bucket.stat(key))?.sha256).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(await copy(bucket, disk)).toMatchObject({
    copied: 0,
    failed: 1,
    failures: ['rendition: it is not there'],
  });
});
