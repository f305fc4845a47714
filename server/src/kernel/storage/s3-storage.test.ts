import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort, type S3Server, startS3rver } from '../../../test/harness/s3-server.ts';
import { CopyTooLargeError, StorageAwayError } from './errors.ts';
import { createS3Storage } from './s3-storage.ts';
import { openBucketAt, readStored } from './storage.test-kit.ts';
import type { FilePlace, RemoteFile, Storage } from './storage.ts';

let server: S3Server;
let folder: string;
const opened: Storage[] = [];

beforeAll(async () => {
  server = await startS3rver();
});
afterAll(() => server.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3-storage-test-'));
});
afterEach(async () => {
  for (const storage of opened.splice(0)) await storage.close();
  await rm(folder, { recursive: true, force: true });
});

/** A process of its own on the same folder and bucket, as far as storage goes. */
async function open(copiesBytes = 10_000_000, at: Omit<S3Server, 'stop'> = server): Promise<Storage> {
  const storage = await createS3Storage({ bucket: openBucketAt(at), folder, reserveBytes: 0, copiesBytes });
  opened.push(storage);
  return storage;
}

async function put(storage: Storage, key: string, bytes: Buffer): Promise<void> {
  const scratch = await storage.scratch();
  await writeFile(join(scratch.path, 'file'), bytes);
  await storage.adopt(join(scratch.path, 'file'), key);
  await scratch.remove();
}

const copies = async () => (await readdir(join(folder, 'copies'))).filter((name) => name !== 'lent');

function remote(place: FilePlace): RemoteFile {
  if (typeof place === 'string') throw new Error('a path');
  return place;
}

describe('local copies', () => {
  test('are fetched once for all who ask, in several processes, and kept', async () => {
    const [one, two] = [await open(), await open()];
    const bytes = randomBytes(700_000);
    await put(one, 'sound', bytes);
    const all = await Promise.all([one, one, two, two].map((storage) => readStored(storage, 'sound')));
    expect(all.every((read) => read.equals(bytes))).toBe(true);
    expect(await copies()).toHaveLength(1);
    expect(await readdir(join(folder, 'copies', 'lent'))).toEqual([]);
  });

  test('never take more than they may: the one that was used longest ago goes', async () => {
    const storage = await open(1_000_000);
    for (const key of ['a', 'b', 'c']) await put(storage, key, randomBytes(400_000));
    for (const key of ['a', 'b', 'a', 'c']) {
      await (await storage.borrow(key)).release();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const before = await copies();
    expect(before).toHaveLength(2);
    // a and c are there: borrowing them fetches nothing.
    for (const key of ['a', 'c']) await (await storage.borrow(key)).release();
    expect((await copies()).sort()).toEqual(before.sort());
  });

  test('one in use is not evicted: who comes next waits for it, and a file larger than all is refused', async () => {
    const storage = await open(1_000_000);
    await put(storage, 'first', randomBytes(700_000));
    await put(storage, 'second', randomBytes(700_000));
    await put(storage, 'huge', randomBytes(1_000_001));
    const first = await storage.borrow('first');
    const second = storage.borrow('second');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const kept = await copies();
    expect(kept.filter((name) => !name.endsWith('.part'))).toHaveLength(1);
    await first.release();
    await (await second).release();
    await expect(storage.borrow('huge')).rejects.toBeInstanceOf(CopyTooLargeError);
  });

  test('two processes that want room at once never exceed it together', async () => {
    const processes = await Promise.all([open(1_000_000), open(1_000_000), open(1_000_000)]);
    const [first] = processes;
    for (const n of [0, 1, 2]) await put(first as Storage, `k${n}`, randomBytes(600_000));
    await Promise.all(
      processes.map(async (storage, n) => {
        const borrowed = await storage.borrow(`k${n}`);
        expect((await copies()).filter((name) => !name.endsWith('.part')).length).toBeLessThanOrEqual(1);
        await borrowed.release();
      }),
    );
  });

  test('an asker who leaves takes nothing from another', async () => {
    const storage = await open();
    await put(storage, 'shared', randomBytes(3_000_000));
    const leaving = new AbortController();
    const left = storage.borrow('shared', { signal: leaving.signal });
    const stayed = storage.borrow('shared');
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await (await stayed).release();
    expect((await copies()).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('what a dead process held is swept', async () => {
    const storage = await open();
    const { link, utimes } = await import('node:fs/promises');
    await writeFile(join(folder, 'copies', 'dead.part'), 'x');
    await link(join(folder, 'copies', 'dead.part'), join(folder, 'copies', 'lent', 'dead'));
    const old = new Date(Date.now() - 3_600_000);
    await utimes(join(folder, 'copies', 'dead.part'), old, old);
    expect(await storage.sweepDrafts(60_000)).toBe(2);
    expect(await copies()).toEqual([]);
  });
});

describe('a presigned address', () => {
  test('gives the file and its ranges to whoever has it, under our type', async () => {
    const storage = await open();
    await put(storage, 'sound', Buffer.from('0123456789'));
    const place = remote(await storage.place('sound'));
    const address = place.presign({ contentType: 'audio/mpeg', disposition: 'attachment; filename="é.mp3"' });
    const part = await fetch(address, { headers: { range: 'bytes=2-4' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-type')).toBe('audio/mpeg');
    expect(await part.text()).toBe('234');
  });
});

describe('a store that is away', () => {
  test('is said to be, by each call, and is used again when it is back', async () => {
    const port = await freePort();
    const here = { ...server, endpoint: `http://127.0.0.1:${port}` };
    const storage = await open(undefined, here);
    const place = remote(await storage.place('k'));
    const draft = await storage.create();
    await draft.write(Buffer.from('bytes'));
    await expect(draft.commit('k')).rejects.toBeInstanceOf(StorageAwayError);
    await expect(storage.stat('k')).rejects.toBeInstanceOf(StorageAwayError);
    await expect(storage.borrow('k')).rejects.toBeInstanceOf(StorageAwayError);
    await expect(storage.remove('k')).rejects.toBeInstanceOf(StorageAwayError);
    await expect(place.stat()).rejects.toBeInstanceOf(StorageAwayError);
    await expect(place.readFully(Buffer.alloc(5), 5, 0)).rejects.toBeInstanceOf(StorageAwayError);
    expect((await storage.check()).state).toBe('away');
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);

    const back = await startS3rver(port);
    await put(storage, 'k', Buffer.from('bytes'));
    expect((await readStored(storage, 'k')).toString()).toBe('bytes');
    expect((await storage.check()).state).toBe('well');
    await back.stop();
  });

  test('a wrong key and a missing bucket are told apart from a missing file', async () => {
    const noBucket = await open(undefined, { ...server, bucket: 'no-such-bucket' });
    expect(await noBucket.check()).toMatchObject({
      state: 'away',
      message: expect.stringContaining('bucket'),
    });
    await expect(put(noBucket, 'k', Buffer.from('x'))).rejects.toBeInstanceOf(StorageAwayError);
    const wrongKey = await open(undefined, { ...server, accessKeyId: 'nobody' });
    await expect(put(wrongKey, 'k', Buffer.from('x'))).rejects.toBeInstanceOf(StorageAwayError);
    expect(await wrongKey.check()).toMatchObject({ state: 'away' });
  });
});
