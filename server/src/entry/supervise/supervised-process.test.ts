import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { environmentWith } from '../../kernel/config/process-environment.ts';
import { isAlive } from '../../kernel/process-lock.ts';
import { pauseBefore, type SupervisedProcess, superviseProcess } from './supervised-process.ts';

const pauses = { firstMs: 1, longestMs: 4, steadyMs: 60_000 };
let folder: string;
let supervised: SupervisedProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'antenne supervised '));
});
afterEach(async () => {
  await supervised?.stop(100);
  rmSync(folder, { recursive: true, force: true });
});

/** Supervises a script of these lines; tells what it reported and how it started. */
const supervise = (lines: string) => {
  const script = join(folder, 'role.mjs');
  writeFileSync(script, lines);
  const seen = { messages: [] as unknown[], pids: [] as number[], said: [] as string[] };
  supervised = superviseProcess({
    ...{ name: 'trial', script, env: () => environmentWith({ STARTS: String(seen.pids.length) }), pauses },
    onMessage: (message) => seen.messages.push(message),
    onStart: (pid) => seen.pids.push(pid),
    say: (sentence) => seen.said.push(sentence),
  });
  return { seen, role: supervised };
};

const until = async (isSo: () => boolean): Promise<void> => {
  for (const giveUpAt = Date.now() + 20_000; !isSo(); await pause(5)) {
    if (Date.now() > giveUpAt) throw new Error('waited in vain');
  }
};

it('doubles the pause between starts in a row, up to the longest', () => {
  const usual = { firstMs: 250, longestMs: 30_000, steadyMs: 30_000 };
  const row = [1, 2, 3, 7, 8, 9, 1_000].map((n) => pauseBefore(n, usual));
  expect(row).toEqual([250, 500, 1_000, 16_000, 30_000, 30_000, 30_000]);
});

it('starts again what ends by itself, says how it ended, and passes messages on', async () => {
  const { seen } = supervise(`
    if (process.env.STARTS === '2') { process.send('up'); setInterval(() => {}, 1000); } else process.exit(3);`);
  await until(() => seen.messages.length > 0);
  expect(seen.messages).toEqual(['up']);
  expect(seen.said).toEqual([
    'The trial process ended (code 3); it starts again in 0.001 s.',
    'The trial process ended (code 3); it starts again in 0.002 s.',
  ]);
});

it('asks it to end, and does not bring it back', async () => {
  const { seen, role } = supervise(`
    process.on('SIGTERM', () => { process.send('asked'); setTimeout(() => process.exit(0), 20); });
    process.send('up'); setInterval(() => {}, 1000);`);
  await until(() => seen.messages.length > 0);
  await role.stop(20_000);
  expect(seen.messages).toEqual(['up', 'asked']);
  expect(seen.said).toEqual([]);
  expect(seen.pids.filter(isAlive)).toEqual([]);
});

it('ends what does not listen, with what it started, at the deadline', async () => {
  const { seen, role } = supervise(`
    import { spawn } from 'node:child_process';
    process.on('SIGTERM', () => {});
    const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    process.send(helper.pid); setInterval(() => {}, 1000);`);
  await until(() => seen.messages.length > 0);
  await role.stop(10);
  expect(seen.pids.filter(isAlive)).toEqual([]);
  await until(() => !isAlive(Number(seen.messages[0])));
});

it('brings it back at once when a restart is asked for, once for two requests', async () => {
  const { seen, role } = supervise('process.send(process.env.STARTS); setInterval(() => {}, 1000);');
  await until(() => seen.messages.length === 1);
  role.restart();
  role.restart();
  await until(() => seen.messages.length === 2);
  expect(seen.messages).toEqual(['0', '1']);
  expect(seen.said).toEqual([]);
});
