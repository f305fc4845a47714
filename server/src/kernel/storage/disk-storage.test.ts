import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDiskStorage, type DiskStorage } from './disk-storage.ts';
import { DraftEndedError, StorageFullError } from './errors.ts';

let folder: string;
let storage: DiskStorage;

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
});

describe('looking up, listing, removing', () => {
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

const mounts = canMount();

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

  test.skipIf(!mounts)(
    `running out in the middle is typed and leaves nothing${mounts ? '' : ' [skipped: may not mount here]'}`,
    async () => {
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
    },
  );
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
