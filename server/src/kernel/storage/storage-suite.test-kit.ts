import { createHash, randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DraftEndedError, StorageFullError, StorageKeyError, StorageMissingError } from './errors.ts';
import { openReader, readWhole } from './file-reader.ts';
import { type Opened, readStored, type Store } from './storage.test-kit.ts';
import type { Storage } from './storage.ts';

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

/** What every store has to do. */
export function testStorage(store: Store): void {
  let opened: Opened;
  let storage: Storage;

  beforeAll(() => store.start());
  afterAll(() => store.stop());
  beforeEach(async () => {
    opened = await store.open();
    storage = opened.storage;
  });
  afterEach(() => opened.close());

  const drafts = () => readdir(join(opened.folder, 'tmp'));

  async function put(key: string, bytes: string | Buffer): Promise<void> {
    const draft = await storage.create();
    await draft.write(Buffer.from(bytes));
    await draft.commit(key);
  }

  async function keys(prefix: string): Promise<string[]> {
    const found: string[] = [];
    for await (const file of storage.list(prefix)) found.push(file.key);
    return found.sort();
  }

  describe('a draft', () => {
    test('is invisible until committed, then whole, with its hash, in one part or several', async () => {
      for (const size of [3_000_000, 12_000_001]) {
        const bytes = randomBytes(size);
        const draft = await storage.create();
        await pipeline(Readable.from([bytes.subarray(0, 10), bytes.subarray(10)]), draft.writable);
        const key = `a/${size}.bin`;
        expect(await storage.stat(key)).toBeNull();
        expect(await keys('')).not.toContain(key);

        expect(await draft.commit(key)).toEqual({ key, sizeBytes: size, sha256: sha256(bytes) });

        expect((await readStored(storage, key)).equals(bytes)).toBe(true);
        const stored = await storage.stat(key);
        expect(stored?.sizeBytes).toBe(size);
        expect(stored?.sha256).toBe(storage.kind === 's3' ? sha256(bytes) : undefined);
        expect(await drafts()).toEqual([]);
      }
    });

    test('an empty one is a file too', async () => {
      await put('empty', '');
      expect((await storage.stat('empty'))?.sizeBytes).toBe(0);
      expect(await readStored(storage, 'empty')).toEqual(Buffer.alloc(0));
    });

    test('leaves nothing when abandoned, and cannot be used afterwards', async () => {
      const draft = await storage.create();
      await draft.write(Buffer.from('x'));
      await draft.abandon();
      await draft.abandon();
      expect(await drafts()).toEqual([]);
      await expect(draft.write(Buffer.from('y'))).rejects.toBeInstanceOf(DraftEndedError);
      await expect(draft.commit('k')).rejects.toBeInstanceOf(DraftEndedError);
      expect(await storage.stat('k')).toBeNull();
    });

    test('cannot be committed twice, and abandoning afterwards keeps the file', async () => {
      const draft = await storage.create();
      await draft.commit('once');
      await expect(draft.commit('twice')).rejects.toBeInstanceOf(DraftEndedError);
      await draft.abandon();
      expect(await keys('')).toEqual(['once']);
    });

    test('starts again at zero, hash included', async () => {
      const draft = await storage.create();
      await draft.write(Buffer.from('a long first attempt'));
      await draft.restart();
      await draft.write(Buffer.from('second'));
      expect(await draft.commit('r')).toEqual({ key: 'r', sizeBytes: 6, sha256: sha256('second') });
      expect((await readStored(storage, 'r')).toString()).toBe('second');
    });

    test('ends with its signal', async () => {
      const stop = new AbortController();
      const draft = await storage.create({ signal: stop.signal });
      await draft.write(Buffer.alloc(1000));
      stop.abort(new Error('changed my mind'));
      await expect(draft.commit('never')).rejects.toThrow('changed my mind');
      expect(await drafts()).toEqual([]);
      expect(await keys('')).toEqual([]);
    });

    test('keeps concurrent writes in the order of the calls', async () => {
      const draft = await storage.create();
      await Promise.all(['1', '22', '333', '4444'].map((part) => draft.write(Buffer.from(part))));
      await draft.commit('ordered');
      expect((await readStored(storage, 'ordered')).toString()).toBe('1223334444');
    });

    test('a bad key ends it and leaves nothing', async () => {
      const draft = await storage.create();
      await expect(draft.commit('../outside')).rejects.toBeInstanceOf(StorageKeyError);
      expect(await drafts()).toEqual([]);
      expect(await keys('')).toEqual([]);
    });

    test('what surely does not fit is refused at once', async () => {
      const tight = await store.open({ reserveBytes: Number.MAX_SAFE_INTEGER });
      expect(await tight.storage.freeBytes()).toBe(0);
      expect((await tight.storage.check()).state).toBe('full');
      await expect(tight.storage.create()).rejects.toBeInstanceOf(StorageFullError);
      await expect(tight.storage.scratch()).rejects.toBeInstanceOf(StorageFullError);
      await tight.close();
      await expect(storage.create({ expectedBytes: 2 ** 53 })).rejects.toBeInstanceOf(StorageFullError);
    });
  });

  describe('keys', () => {
    const bad = ['', '/a', 'a/', 'a//b', '..', 'a/../b', '.hidden', 'A', 'é', 'a b', 'a\0b', 'x'.repeat(256)];

    test('what means something else elsewhere is refused by every call', async () => {
      for (const key of bad) {
        await expect(storage.stat(key), key).rejects.toBeInstanceOf(StorageKeyError);
        await expect(storage.place(key), key).rejects.toBeInstanceOf(StorageKeyError);
        await expect(storage.borrow(key), key).rejects.toBeInstanceOf(StorageKeyError);
        await expect(storage.remove(key), key).rejects.toBeInstanceOf(StorageKeyError);
        await expect(storage.adopt('/nowhere', key), key).rejects.toBeInstanceOf(StorageKeyError);
      }
    });

    test('the rest is taken', async () => {
      for (const key of ['a', '0', 'b/b/c.mp3', 'org-1/0190_x/192k.m4a', 'a..b']) {
        await put(key, 'x');
        expect((await storage.stat(key))?.sizeBytes).toBe(1);
      }
    });
  });

  describe('looking up, listing, removing', () => {
    test('a folder or a missing file is no file', async () => {
      await put('dir/file', 'x');
      expect(await storage.stat('dir')).toBeNull();
      expect(await storage.stat('nothing')).toBeNull();
      expect(await storage.remove('dir')).toBe(false);
      expect(await storage.remove('nothing')).toBe(false);
      await expect(storage.borrow('nothing')).rejects.toBeInstanceOf(StorageMissingError);
      const looked = async () => openReader(await storage.place('nothing'));
      await expect(looked()).rejects.toBeInstanceOf(StorageMissingError);
    });

    test('lists by any prefix, with sizes and dates', async () => {
      const before = Date.now() - 2000;
      for (const key of ['a/1', 'a/12', 'a/b/3', 'ab', 'b']) await put(key, key);
      expect(await keys('')).toEqual(['a/1', 'a/12', 'a/b/3', 'ab', 'b']);
      expect(await keys('a')).toEqual(['a/1', 'a/12', 'a/b/3', 'ab']);
      expect(await keys('a/')).toEqual(['a/1', 'a/12', 'a/b/3']);
      expect(await keys('a/1')).toEqual(['a/1', 'a/12']);
      expect(await keys('zz/')).toEqual([]);
      await expect(keys('../')).rejects.toBeInstanceOf(StorageKeyError);
      for await (const { key, sizeBytes, modifiedAt } of storage.list('')) {
        expect(sizeBytes).toBe(key.length);
        expect(modifiedAt.getTime()).toBeGreaterThan(before);
      }
    });

    test('removes once, for readers and borrowers alike', async () => {
      await put('x/1', 'bytes');
      expect(await readStored(storage, 'x/1')).toEqual(Buffer.from('bytes'));
      expect(await storage.remove('x/1')).toBe(true);
      expect(await storage.remove('x/1')).toBe(false);
      await expect(storage.borrow('x/1')).rejects.toBeInstanceOf(StorageMissingError);
      expect(await keys('')).toEqual([]);
    });

    test('a file that is replaced is the new one at once', async () => {
      await put('same', 'old and longer');
      await put('same', 'new');
      expect((await storage.stat('same'))?.sizeBytes).toBe(3);
      expect((await readWhole(await storage.place('same'), 100)).toString()).toBe('new');
    });

    test('many at once do not trip each other', async () => {
      await Promise.all(
        Array.from({ length: 20 }, async (_, n) => {
          await put(`busy/f${n}`, `x${n}`);
          expect((await readStored(storage, `busy/f${n}`)).toString()).toBe(`x${n}`);
          await storage.remove(`busy/f${n}`);
        }),
      );
      expect(await keys('')).toEqual([]);
      expect(await drafts()).toEqual([]);
    });
  });

  describe('reading parts', () => {
    test('any stretch is what it is in the whole, and the end is the end', async () => {
      const bytes = randomBytes(1_500_000);
      await put('ranges', bytes);
      const reader = await openReader(await storage.place('ranges'));
      for (const [position, length] of [
        [0, 10],
        [5, 3],
        [262_140, 10],
        [0, 1_000_000],
        [1_499_990, 100],
        [1_500_000, 1],
      ] as const) {
        const { buffer, bytesRead } = await reader.read(Buffer.alloc(length), 0, length, position);
        expect(buffer.subarray(0, bytesRead).equals(bytes.subarray(position, position + length))).toBe(true);
      }
      await reader.close();
      await expect(readWhole(await storage.place('ranges'), 1000)).rejects.toThrow('more than 1000');
    });
  });

  describe('adopting', () => {
    test('takes a finished file over and hashes it', async () => {
      const scratch = await storage.scratch();
      const made = join(scratch.path, 'out.mp3');
      await writeFile(made, 'made by a tool');
      expect(await storage.adopt(made, 'out/tool.mp3')).toEqual({
        key: 'out/tool.mp3',
        sizeBytes: 14,
        sha256: sha256('made by a tool'),
      });
      expect(await readdir(scratch.path)).toEqual([]);
      expect(await scratch.bring('out/tool.mp3')).toContain(opened.folder);
      await scratch.remove();
      expect(await drafts()).toEqual([]);
      expect((await readStored(storage, 'out/tool.mp3')).toString()).toBe('made by a tool');
    });

    test('a missing file is an error and makes no key', async () => {
      await expect(storage.adopt(join(opened.folder, 'absent'), 'k')).rejects.toThrow('ENOENT');
      expect(await keys('')).toEqual([]);
    });
  });

  test('says that it is well', async () => {
    expect((await storage.check()).state).toBe('well');
  });
}
