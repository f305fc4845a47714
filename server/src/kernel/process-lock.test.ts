import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identityOf, isAlive, otherHolder, takeLock } from './process-lock.ts';

let folder: string;
let lock: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'antenne lock '));
  lock = join(folder, 'lock');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Another process that asks for the lock at the word; answers what it got. */
const contender = async () => {
  const script = join(folder, 'contender.mjs');
  writeFileSync(
    script,
    `import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'process-lock.ts'))};
     process.on('message', async () => process.send(await takeLock(${JSON.stringify(lock)}, 2000)));
     process.send('ready');`,
  );
  const child = fork(script, { stdio: 'inherit' });
  children.push(child);
  await once(child, 'message');
  const take = async (): Promise<{ heldByPid?: number }> => {
    child.send('take');
    const [answer] = await once(child, 'message');
    return answer;
  };
  return { child, take };
};

it('is held by one, refused to another with the number of its holder, free after release', async () => {
  const held = await takeLock(lock);
  const other = await contender();
  expect(await other.take()).toEqual({ heldByPid: process.pid });
  if ('release' in held) held.release();
  expect(await other.take()).toEqual({});
  expect(otherHolder(lock)).toBe(other.child.pid);
  expect(await takeLock(lock, 0)).toEqual({ heldByPid: other.child.pid });
});

it('goes to exactly one of many that ask at once', async () => {
  const contenders = await Promise.all([contender(), contender(), contender(), contender()]);
  const answers = await Promise.all(contenders.map(({ take }) => take()));
  expect(answers.filter((answer) => answer.heldByPid === undefined)).toHaveLength(1);
});

it('is free again after kill -9 of its holder', async () => {
  const other = await contender();
  expect(await other.take()).toEqual({});
  other.child.kill('SIGKILL');
  await once(other.child, 'exit');
  expect(await takeLock(lock, 0)).toHaveProperty('release');
});

it('does not mistake a later process of the same number for the holder', async () => {
  const { child } = await contender();
  await takeLock(lock);
  writeFileSync(join(lock, `${child.pid}-00000000-1`), '');
  expect(otherHolder(lock)).toBeUndefined();
  expect(readdirSync(lock)).toEqual([identityOf(process.pid)]);
});

it('knows the living from the dead', async () => {
  const { child } = await contender();
  const pid = child.pid ?? 0;
  expect(isAlive(pid)).toBe(true);
  expect(isAlive(1)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(pid)).toBe(false);
  expect(identityOf(pid)).toBeUndefined();
});
