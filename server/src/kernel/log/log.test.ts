import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openLog, toTextLine } from './log.ts';

it('writes text lines as the older readers expect', () => {
  const line = JSON.stringify({
    level: 'warn',
    time: '2026-01-02T03:04:05.678Z',
    pid: 1,
    name: 'api',
    msg: 'slow',
    ms: 12,
  });
  expect(toTextLine(line)).toBe('2026-01-02T03:04:05.678Z [WARN] api: slow ms=12\n');
});

it('writes to a rotated file, with secrets hidden', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'antenne-log-'));
  const log = openLog({ name: 'api', level: 'info', format: 'json', file: path.join(folder, 'antenne.log') });
  log.info({ sent: { password: 'hunter2', access_token: 'abc' }, kept: 'this' }, 'signing in');
  log.debug('too quiet');
  let text = '';
  for (let i = 0; i < 100 && text === ''; i++) {
    await delay(50);
    const [file] = await readdir(folder);
    if (file) text = await readFile(path.join(folder, file), 'utf8');
  }
  expect(text).toContain('"kept":"this"');
  expect(text).toContain('"level":"info"');
  expect(text).not.toMatch(/hunter2|abc|too quiet/);
  await rm(folder, { recursive: true, force: true });
});
