import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDiskStorage } from './disk-storage.ts';
import { DraftEndedError, StorageFullError, StorageKeyError, StorageMissingError } from './errors.ts';
import type { Storage } from './storage.ts';

let folder: string;
let storage: Storage;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-test-'));
  storage = await createDiskStorage({ folder, reserveBytes: 0 });
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const drafts = () => readdir(join(folder, 'tmp'));

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
  test('is invisible until committed, then whole, with its hash', async () => {
    const bytes = randomBytes(3_000_000);
    const draft = await storage.create();
    await pipeline(Readable.from([bytes.subarray(0, 10), bytes.subarray(10)]), draft.writable);
    expect(await storage.stat('a/b.bin')).toBeNull();
    expect(draft.bytesWritten).toBe(bytes.length);

    const committed = await draft.commit('a/b.bin');

    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(committed).toEqual({ key: 'a/b.bin', sizeBytes: bytes.length, sha256 });
    expect(await readFile(await storage.localPath('a/b.bin'))).toEqual(bytes);
    expect(await drafts()).toEqual([]);
  });

  test('replaces an older file in one step', async () => {
    await put('same', 'old and longer');
    await put('same', 'new');
    expect(await readFile(await storage.localPath('same'), 'utf8')).toBe('new');
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
    const { sha256, sizeBytes } = await draft.commit('r');
    expect(sizeBytes).toBe(6);
    expect(sha256).toBe(createHash('sha256').update('second').digest('hex'));
    expect(await readFile(await storage.localPath('r'), 'utf8')).toBe('second');
  });

  test('ends with its signal, in the middle of a pipeline too', async () => {
    const stop = new AbortController();
    const draft = await storage.create({ signal: stop.signal });
    const endless = Readable.from(
      (async function* () {
        for (let n = 0; ; n++) {
          if (n === 5) stop.abort(new Error('changed my mind'));
          yield Buffer.alloc(1000);
        }
      })(),
    );
    await expect(pipeline(endless, draft.writable)).rejects.toThrow('changed my mind');
    await expect(draft.commit('never')).rejects.toThrow('changed my mind');
    expect(await drafts()).toEqual([]);
    expect(await keys('')).toEqual([]);
  });

  test('keeps concurrent writes in the order of the calls', async () => {
    const draft = await storage.create();
    await Promise.all(['1', '22', '333', '4444'].map((part) => draft.write(Buffer.from(part))));
    await draft.commit('ordered');
    expect(await readFile(await storage.localPath('ordered'), 'utf8')).toBe('1223334444');
  });

  test('a bad key ends it and leaves nothing', async () => {
    const draft = await storage.create();
    await expect(draft.commit('../outside')).rejects.toBeInstanceOf(StorageKeyError);
    expect(await drafts()).toEqual([]);
    expect(await readdir(folder)).toEqual(['files', 'tmp']);
  });
});

describe('keys', () => {
  test.each([
    '',
    '/a',
    'a/',
    'a//b',
    '..',
    'a/../b',
    'a/./b',
    '.hidden',
    'a/.hidden',
    'A',
    'é',
    'a b',
    'a\\b',
    'a\0b',
    '-a',
    'x'.repeat(256),
    'a/'.repeat(600),
  ])('%j is refused everywhere', async (key) => {
    await expect(storage.stat(key)).rejects.toBeInstanceOf(StorageKeyError);
    await expect(storage.localPath(key)).rejects.toBeInstanceOf(StorageKeyError);
    await expect(storage.remove(key)).rejects.toBeInstanceOf(StorageKeyError);
    await expect(storage.adopt('/nowhere', key)).rejects.toBeInstanceOf(StorageKeyError);
  });

  test.each(['a', '0', 'a/b/c.mp3', 'org-1/0190_x/192k.m4a', 'a..b'])('%j is taken', async (key) => {
    await put(key, 'x');
    expect((await storage.stat(key))?.sizeBytes).toBe(1);
  });
});

describe('looking up, listing, removing', () => {
  test('a folder or a missing file is no file', async () => {
    await put('dir/file', 'x');
    expect(await storage.stat('dir')).toBeNull();
    expect(await storage.stat('dir/file/deeper')).toBeNull();
    expect(await storage.remove('dir')).toBe(false);
    expect(await storage.remove('nothing')).toBe(false);
    await expect(storage.localPath('nothing')).rejects.toBeInstanceOf(StorageMissingError);
  });

  test('lists by any prefix', async () => {
    for (const key of ['a/1', 'a/12', 'a/b/3', 'ab', 'b']) await put(key, key);
    expect(await keys('')).toEqual(['a/1', 'a/12', 'a/b/3', 'ab', 'b']);
    expect(await keys('a')).toEqual(['a/1', 'a/12', 'a/b/3', 'ab']);
    expect(await keys('a/')).toEqual(['a/1', 'a/12', 'a/b/3']);
    expect(await keys('a/1')).toEqual(['a/1', 'a/12']);
    expect(await keys('a/b/')).toEqual(['a/b/3']);
    expect(await keys('zz/')).toEqual([]);
    await expect(keys('../')).rejects.toBeInstanceOf(StorageKeyError);
  });

  test('removes a file and the folders that it leaves empty', async () => {
    await put('x/y/1', '1');
    await put('x/2', '2');
    expect(await storage.remove('x/y/1')).toBe(true);
    expect(await readdir(join(folder, 'files', 'x'))).toEqual(['2']);
    expect(await storage.remove('x/2')).toBe(true);
    expect(await readdir(join(folder, 'files'))).toEqual([]);
  });

  test('commits and removals in one folder do not trip each other', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        await put(`busy/f${n}`, 'x');
        await storage.remove(`busy/f${n}`);
      }),
    );
    expect(await keys('')).toEqual([]);
  });
});

describe('adopting', () => {
  test('moves a finished file in and hashes it', async () => {
    const scratch = await storage.scratch();
    const made = join(scratch.path, 'out.mp3');
    await writeFile(made, 'made by a tool');
    const adopted = await storage.adopt(made, 'out/tool.mp3');
    expect(adopted.sizeBytes).toBe(14);
    expect(adopted.sha256).toBe(createHash('sha256').update('made by a tool').digest('hex'));
    expect(await readdir(scratch.path)).toEqual([]);
    await scratch.remove();
    expect(await drafts()).toEqual([]);
    expect(await readFile(await storage.localPath('out/tool.mp3'), 'utf8')).toBe('made by a tool');
  });

  test('a missing file is an error and makes no key', async () => {
    await expect(storage.adopt(join(folder, 'absent'), 'k')).rejects.toThrow('ENOENT');
    expect(await keys('')).toEqual([]);
  });
});

describe('sweeping', () => {
  test('takes old strangers, keeps what is young or in use here', async () => {
    const old = new Date(Date.now() - 3_600_000);
    const draft = await storage.create();
    await utimes(draft.path, old, old);
    const scratch = await storage.scratch();
    await utimes(scratch.path, old, old);
    const tmp = join(folder, 'tmp');
    await writeFile(join(tmp, 'dead.part'), 'x');
    await utimes(join(tmp, 'dead.part'), old, old);
    await writeFile(join(tmp, 'young.part'), 'x');
    await mkdir(join(tmp, 'dead.work'));
    await writeFile(join(tmp, 'dead.work', 'out'), 'x');
    await utimes(join(tmp, 'dead.work', 'out'), old, old);
    await utimes(join(tmp, 'dead.work'), old, old);
    await mkdir(join(tmp, 'busy.work'));
    await writeFile(join(tmp, 'busy.work', 'out'), 'x');
    await utimes(join(tmp, 'busy.work'), old, old);

    expect(await storage.sweepDrafts(60_000)).toBe(2);

    const left = await drafts();
    expect(left.filter((name) => name.startsWith('dead'))).toEqual([]);
    expect(left).toEqual(expect.arrayContaining(['young.part', 'busy.work']));
    await draft.commit('still-fine');
    await scratch.remove();
  });
});

describe('a full disk', () => {
  test('the reserve is kept: nothing new is begun', async () => {
    const tight = await createDiskStorage({ folder, reserveBytes: Number.MAX_SAFE_INTEGER });
    expect(await tight.freeBytes()).toBe(0);
    await expect(tight.create()).rejects.toBeInstanceOf(StorageFullError);
    await expect(tight.scratch()).rejects.toBeInstanceOf(StorageFullError);
  });

  test('what surely does not fit is refused at once', async () => {
    const { blocks, bsize } = await statfs(folder);
    await expect(storage.create({ expectedBytes: blocks * bsize + 1 })).rejects.toBeInstanceOf(
      StorageFullError,
    );
    expect(await drafts()).toEqual([]);
  });

  test.skipIf(!canMount())('running out in the middle is typed and leaves nothing', async () => {
    const small = join(folder, 'small');
    await mkdir(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
    try {
      const tiny = await createDiskStorage({ folder: small, reserveBytes: 0 });
      const draft = await tiny.create();
      const tooMuch = async () => {
        for (let n = 0; n < 40; n++) await draft.write(Buffer.alloc(64 * 1024));
      };
      await expect(tooMuch()).rejects.toBeInstanceOf(StorageFullError);
      await expect(draft.commit('k')).rejects.toBeInstanceOf(DraftEndedError);
      expect(await readdir(join(small, 'tmp'))).toEqual([]);

      const outside = join(folder, 'outside.bin');
      await writeFile(outside, Buffer.alloc(2 << 20));
      await expect(tiny.adopt(outside, 'big')).rejects.toBeInstanceOf(StorageFullError);
      expect(await readdir(join(small, 'tmp'))).toEqual([]);
      expect((await stat(outside)).size).toBe(2 << 20);

      await writeFile(outside, 'fits');
      await tiny.adopt(outside, 'small');
      expect(await readFile(await tiny.localPath('small'), 'utf8')).toBe('fits');
    } finally {
      execFileSync('umount', [small]);
    }
  });
});

/** Mounting a tiny file system needs root and the capability; elsewhere that one test is skipped. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
