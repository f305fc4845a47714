import { mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StorageKeyError, StorageMissingError } from './errors.ts';
import { createUnfinishedFiles, type UnfinishedFiles } from './unfinished-files.ts';

let parent: string;
let folder: string;
let files: UnfinishedFiles;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'unfinished-test-'));
  folder = join(parent, 'unfinished');
  files = createUnfinishedFiles(folder);
});
afterEach(() => rm(parent, { recursive: true, force: true }));

async function write(name: string, offset: number, text: string): Promise<number> {
  const file = await files.open(name, offset);
  await file.write(Buffer.from(text));
  const bytes = await file.sync();
  await file.close();
  return bytes;
}

describe('an unfinished file', () => {
  test('goes on where it was left, by another process too', async () => {
    expect(await write('a', 0, 'hello ')).toBe(6);
    files = createUnfinishedFiles(folder);
    expect(await files.sizeOf('a')).toBe(6);
    expect(await write('a', 6, 'world')).toBe(11);
    expect(await readFile(files.pathOf('a'), 'utf8')).toBe('hello world');
  });

  test('loses what was written behind the offset that was acknowledged, and nothing before it', async () => {
    await write('a', 0, 'kept and lost');
    await write('a', 4, '!');
    expect(await readFile(files.pathOf('a'), 'utf8')).toBe('kept!');
  });

  test('is not gone on with when bytes are missing, and none is made in its place', async () => {
    await write('a', 0, 'abc');
    await expect(files.open('a', 4)).rejects.toBeInstanceOf(StorageMissingError);
    await expect(files.open('never', 1)).rejects.toBeInstanceOf(StorageMissingError);
    expect(await files.sizeOf('never')).toBeNull();
  });

  test('shows its beginning, and can be cut', async () => {
    const file = await files.open('a', 0);
    await file.write(Buffer.from('0123456789'));
    expect(Buffer.from(await file.head(4)).toString()).toBe('0123');
    expect(await file.head(99)).toHaveLength(10);
    await file.cut(2);
    await file.write(Buffer.from('x'));
    expect(await file.sync()).toBe(3);
    await file.close();
    expect(await readFile(files.pathOf('a'), 'utf8')).toBe('01x');
  });

  test('is removed, once', async () => {
    await write('a', 0, 'x');
    expect(await files.remove('a')).toBe(true);
    expect(await files.remove('a')).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });
});

test('files are listed with their age; where there is no folder yet there are none', async () => {
  const listed = async () => {
    const found: { name: string; modifiedAt: Date }[] = [];
    for await (const file of files.list()) found.push(file);
    return found;
  };
  expect(await listed()).toEqual([]);
  await write('old', 0, 'x');
  const then = new Date(Date.now() - 3_600_000);
  await utimes(files.pathOf('old'), then, then);
  expect(await listed()).toEqual([{ name: 'old', modifiedAt: then }]);
});

test.each(['../out', 'a/b', '', '.', 'é'])('the name %j is refused', async (name) => {
  await expect(files.open(name, 0)).rejects.toBeInstanceOf(StorageKeyError);
  expect(await readdir(parent)).toEqual([]);
});
