import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environmentWith, projectRoot } from '../kernel/config/process-environment.ts';
import { verbs } from './verbs.ts';

let folder: string;
let dataDir: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'antenne command '));
  dataDir = join(folder, 'kept here');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the real command line; `typed` goes to its input. */
const antenne = (args: string[], given: { env?: Record<string, string>; typed?: string } = {}) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const env = environmentWith({ DATA_DIR: dataDir, DATABASE_URL: '', ...given.env });
    const cli = join(projectRoot, 'server/src/entry/cli.ts');
    const child = execFile(process.execPath, [cli, ...args], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
    child.stdin?.end(given.typed ?? '');
  });

describe('help', () => {
  it('lists every verb', async () => {
    const { code, out } = await antenne(['help']);
    expect(code).toBe(0);
    for (const { name, summary } of verbs)
      expect(out).toMatch(new RegExp(`^  ${name} +${summary.replaceAll('.', '\\.')}`, 'm'));
    expect((await antenne([])).out).toBe(out);
    expect((await antenne(['--help'])).out).toBe(out);
  });

  it('is there for each verb, and runs nothing', async () => {
    const answers = await Promise.all(
      verbs.map(async ({ name }) => ({ name, ...(await antenne([name, '--help'])) })),
    );
    for (const { name, code, out, err } of answers) {
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain(`Usage: ./antenne ${name}`);
    }
    expect(existsSync(dataDir)).toBe(false);
  });
});

describe('what is typed wrong', () => {
  it.each([
    [['strat'], 'antenne: there is no "strat". Did you mean ./antenne start?\n'],
    [['frobnicate'], 'antenne: there is no "frobnicate". See ./antenne help.\n'],
    [['help', 'migrat'], 'antenne: there is no "migrat". Did you mean ./antenne migrate?\n'],
    [['start', '--port', '1'], 'antenne: start takes no "--port". See ./antenne start --help.\n'],
    [
      ['config', 'chek'],
      'antenne: config knows check and example, not "chek". See ./antenne config --help.\n',
    ],
    [
      ['migrate', 'sideways'],
      'antenne: migrate takes one of upgrade, downgrade, current, history, create <name>. See ./antenne migrate --help.\n',
    ],
    [['reset', '--all'], 'antenne: reset takes no "--all". See ./antenne reset --help.\n'],
  ])('%o', async (args, err) => {
    expect(await antenne(args)).toEqual({ code: 2, out: '', err });
  });
});

describe('settings that cannot be used', () => {
  it('are all named, without a stack, by whatever starts', async () => {
    const env = { PORT: 'abc', DATABASE_URL: 'mysql://root:hunter2@db/x' };
    for (const verb of ['start', 'migrate', 'reset']) {
      const { code, err } = await antenne(verb === 'migrate' ? ['migrate', 'current'] : [verb], { env });
      expect(code).toBe(1);
      expect(err).toMatch(/^antenne: PORT must be .*\nantenne: DATABASE_URL must be .*\n$/);
      expect(err).not.toContain('hunter2');
    }
  });

  it('are what config check is for', async () => {
    const wrong = await antenne(['config', 'check'], { env: { PORT: 'abc' } });
    expect(wrong).toEqual({
      code: 1,
      err: '',
      out: expect.stringMatching(/^✗ PORT must be .*\n1 to mend\.\n$/),
    });
    expect(await antenne(['config'])).toEqual({ code: 0, err: '', out: 'The settings are in order.\n' });
  });

  it('include a data folder that cannot be used', async () => {
    writeFileSync(dataDir, '');
    expect(await antenne(['start'])).toEqual({
      ...{ code: 1, out: '' },
      err: `antenne: DATA_DIR ${dataDir} can't be used: a part of the path is not a folder.\n`,
    });
  });
});

describe('a database that cannot be used', () => {
  it.each([
    ['start'],
    ['api'],
    ['worker'],
    ['seed'],
    ['reindex'],
    ['setup'],
    ['migrate', 'current'],
    ['migrate', 'upgrade'],
  ])('is told in a sentence by %s %s', async (...args) => {
    const env = { PORT: '0', DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:1/x' };
    const { code, err } = await antenne(args, { env });
    expect({ code, err }).toEqual({
      code: 1,
      err: "antenne: The database can't be used: nothing answers there.\n",
    });
  });

  it('or is not there at all', async () => {
    const { code, err } = await antenne(['worker'], { env: { PORT: '0' } });
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^antenne: There is no database: .*\n$/),
    });
  });
});

describe('reset', () => {
  const fill = () => {
    for (const name of ['postgres', 'storage/ab', 'mine'])
      mkdirSync(join(dataDir, name), { recursive: true });
  };

  it('deletes what is ours once the folder’s name was typed, and nothing else', async () => {
    fill();
    const { code, out } = await antenne(['reset'], { typed: 'kept here\n' });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('begins anew') });
    expect(readdirSync(dataDir).sort()).toEqual(['locks', 'mine']);
  });

  it.each(['', '\n', 'kept\n', 'yes\n'])('deletes nothing for %j', async (typed) => {
    fill();
    const { code, out } = await antenne(['reset'], { typed });
    expect({ code, out }).toEqual({ code: 1, out: expect.stringMatching(/Nothing was deleted\.\n$/) });
    expect(existsSync(join(dataDir, 'storage/ab'))).toBe(true);
  });

  it('leaves a database of one’s own alone', async () => {
    const { code, err } = await antenne(['reset', '--yes'], {
      env: { DATABASE_URL: 'postgresql://u:p@127.0.0.1:1/x' },
    });
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^antenne: DATABASE_URL is set: .*\n$/),
    });
  });
});
