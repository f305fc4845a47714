import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '../antenne');
const pinned = /^node_version=(\S+)/m.exec(readFileSync(launcher, 'utf8'))?.[1] ?? '';

/** A machine of our own making: a checkout with a space in its name, a PATH, and programs that note how they are called. */
let top: string;
let checkout: string;
let bin: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'antenne launcher '));
  checkout = join(top, 'my radio');
  bin = join(top, 'bin');
  put('my radio/server/src/entry/cli.ts', '');
  put('my radio/web/src/page.tsx', '');
  put('my radio/web/vite.config.ts', '');
  put('my radio/package-lock.json', '{"lockfileVersion":3}');
  put('my radio/package.json', '{}');
  copyFileSync(launcher, join(checkout, 'antenne'));
  chmodSync(join(checkout, 'antenne'), 0o755);
  fakeNode('bin/node', '20.1.0');
  fakeNpm('11.0.0');
});
afterEach(() => {
  chmodSync(checkout, 0o755);
  rmSync(top, { recursive: true, force: true });
});

const put = (path: string, text: string, mode = 0o644): void => {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), text, { mode });
};

/** A "Node" that says its version, and otherwise who it is and what it was asked to run. */
const fakeNode = (path: string, version: string): void => put(path, nodeText(version), 0o755);

const nodeText = (version: string) => `#!/bin/sh
if [ "$1" = --version ]; then echo v${version}; exit; fi
case $1 in *npm-cli.js) shift; exec "${join(top, 'bin/npm')}" own "$@" ;; esac
printf '%s|' "node ${version}" "$PWD" "$@"; echo`;

/** An "npm" that notes its calls and does what they ask for; \`fails\` is what it says before it fails instead. */
const fakeNpm = (version: string, fails?: string): void =>
  put(
    'bin/npm',
    `#!/bin/sh
calls="${join(top, 'calls')}"
if [ "$1" = --version ]; then echo ${version}; exit; fi
echo "$* umask=$(umask)" >>"$calls"
${fails === undefined ? '' : `echo '${fails}' >&2; exit 1`}
own=; [ "$1" != own ] || { own=1; shift; }
for last in "$@"; do :; done
case $1 in
install)
  package=\${last%@*}; folder=node_modules/$package
  case $package in
  npm) mkdir -p $folder/bin; : >$folder/bin/npm-cli.js ;;
  *) mkdir -p $folder/bin; cat >$folder/bin/node <<'N'
${nodeText(pinned)}
N
  ;;
  esac ;;
ci) sleep 0.2; rm -rf node_modules; mkdir -p node_modules/@ffprobe-installer/any; : >node_modules/@ffprobe-installer/any/ffprobe ;;
run) mkdir -p web/dist; : >web/dist/index.html ;;
esac`,
    0o755,
  );

const calls = (): string[] => {
  const path = join(top, 'calls');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
};

interface Answer {
  code: number;
  out: string;
  err: string;
}

const run = (args: string[] = ['start'], path = join(checkout, 'antenne'), cwd = top): Promise<Answer> =>
  new Promise((resolve) => {
    const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: top };
    execFile('sh', [path, ...args], { env, cwd }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });

/** PATH with the fakes and only those tools of the system that a bare machine has. */
const withoutNpm = (): void => {
  rmSync(join(bin, 'npm'));
  for (const tool of [
    'sh',
    'dirname',
    'readlink',
    'uname',
    'cksum',
    'id',
    'ls',
    'mkdir',
    'rm',
    'find',
    'head',
    'tr',
    'grep',
  ]) {
    const real = execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
    if (!existsSync(join(bin, tool))) symlinkSync(real, join(bin, tool));
  }
};

describe('the launcher', () => {
  it('brings Node, installs and builds at the first start, and nothing at the second', async () => {
    const first = await run(['start', '--flag', 'two words']);
    const cli = `--max-semi-space-size=4|${join(checkout, 'server/src/entry/cli.ts')}`;
    expect(first).toMatchObject({ code: 0, out: `node ${pinned}|${top}|${cli}|start|--flag|two words|\n` });
    expect(calls().map((call) => call.split(' ')[0])).toEqual(['install', 'ci', 'run']);
    expect(calls()[0]).toMatch(
      new RegExp(`--ignore-scripts .*node-(linux|darwin)-(x64|arm64)@${pinned} umask=0022$`),
    );
    expect(readdirSync(join(checkout, '.node')).filter((name) => name.startsWith('draft'))).toEqual([]);
    const second = await run();
    expect(second).toEqual({ code: 0, err: '', out: `node ${pinned}|${top}|${cli}|start|\n` });
    expect(calls()).toHaveLength(3);
  });

  it('uses a Node of the machine that is recent enough', async () => {
    fakeNode('bin/node', '25.2.1');
    expect((await run()).out).toMatch(/^node 25\.2\.1\|/);
    expect(calls().map((call) => call.split(' ')[0])).toEqual(['ci', 'run']);
  });

  it('finds itself through links, from any folder, by a bare name', async () => {
    mkdirSync(join(top, 'elsewhere'));
    symlinkSync('../my radio/antenne', join(top, 'elsewhere/radio'));
    symlinkSync(join(top, 'elsewhere/radio'), join(bin, 'radio-link'));
    const linked = await run(['help'], join(bin, 'radio-link'), join(top, 'elsewhere'));
    expect(linked.out).toBe(
      `node ${pinned}|${join(top, 'elsewhere')}|--max-semi-space-size=4|${join(checkout, 'server/src/entry/cli.ts')}|help|\n`,
    );
    expect((await run(['help'], 'antenne', checkout)).out).toContain(`|${checkout}|`);
  });

  it('installs again when the lockfile changed or an install was cut short, and builds when the page changed', async () => {
    await run();
    put('my radio/package-lock.json', '{"lockfileVersion":3,"changed":true}');
    await run(['migrate']);
    expect(
      calls()
        .slice(3)
        .map((call) => call.split(' ')[0]),
    ).toEqual(['ci']);
    rmSync(join(checkout, 'node_modules/.antenne-lock'));
    await run(['migrate']);
    expect(
      calls()
        .slice(4)
        .map((call) => call.split(' ')[0]),
    ).toEqual(['ci']);
    await run();
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(checkout, 'web/src/page.tsx'), later, later);
    await run();
    const builds = calls()
      .slice(5)
      .map((call) => call.split(' ')[0]);
    expect(builds).toEqual(['run', 'run']);
  });

  it('makes the programs of packages executable', async () => {
    await run();
    execFileSync('test', ['-x', join(checkout, 'node_modules/@ffprobe-installer/any/ffprobe')]);
  });

  it('installs once when two start at the same time', async () => {
    const answers = await Promise.all([run(), run(), run()]);
    expect(answers.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(calls().map((call) => call.split(' ')[0])).toEqual(['install', 'ci', 'run']);
    expect(readdirSync(join(checkout, '.node/turns'))).toEqual([]);
  });

  it('is not held up by a start that was killed while it installed', async () => {
    put('my radio/.node/turns/999999999', '');
    put('my radio/.node/draft-999999999/half', '');
    expect((await run()).err).not.toContain('waiting');
    expect(existsSync(join(checkout, '.node/draft-999999999'))).toBe(false);
  });

  it('brings an npm of its own where the machine’s is too old', async () => {
    fakeNpm('6.14.0');
    const { code, err } = await run();
    expect(code).toBe(0);
    expect(err).toContain('npm 6.14.0 is too old for the packages');
    expect(calls().map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
      ...['install --no-save', 'install --no-save', 'own ci', 'own run'],
    ]);
  });
});

describe('what is missing is said in one sentence', () => {
  const sentence = (err: string) => err.trim().split('\n').at(-1);

  it('no npm', async () => {
    withoutNpm();
    const env = { PATH: bin, HOME: top };
    const { status, err } = await new Promise<{ status: number; err: string }>((resolve) => {
      execFile('/bin/sh', [join(checkout, 'antenne'), 'start'], { env }, (error, _out, stderr) =>
        resolve({ status: Number(error?.code ?? 0), err: stderr }),
      );
    });
    expect(status).toBe(1);
    expect(sentence(err)).toBe(
      'antenne: npm is needed to install, once: apt-get install npm (or the way of your system), then try again.',
    );
  });

  it.each([
    ['a full disk', 'npm error code ENOSPC', /could not bring node-\S+ \S+: the disk is full\.$/],
    ['no network', 'npm error code ENOTFOUND', /the package registry cannot be reached\.$/],
    ['a folder that npm may not use', 'npm error code EACCES', /permission denied, see .*install\.log\.$/],
    ['anything else', 'npm error strange', /see .*my radio\/\.node\/install\.log\.$/],
  ])('%s', async (_name, says, expected) => {
    fakeNpm('11.0.0', says);
    const { code, err } = await run();
    expect(code).toBe(1);
    expect(sentence(err)).toMatch(expected);
    expect(readdirSync(join(checkout, '.node')).filter((name) => name.startsWith('draft'))).toEqual([]);
  });

  it('a checkout of somebody else', async ({ skip }) => {
    if (process.getuid?.() === 0) {
      execFileSync('chown', ['nobody', checkout]);
      const { code, err } = await run();
      expect(code).toBe(1);
      expect(sentence(err)).toMatch(
        /belongs to another account \(uid \d+\), and something has to be installed there/,
      );
      return;
    }
    if (process.getuid === undefined) skip('may not ask whose files these are');
    chmodSync(checkout, 0o555);
    expect(sentence((await run()).err)).toMatch(/cannot be written, and something has to be installed there/);
  });
});

it('the launcher is plain sh that every shell reads', () => {
  for (const shell of ['sh', 'dash', 'bash']) {
    const isThere = execFileSync('sh', ['-c', `command -v ${shell} || :`], { encoding: 'utf8' }).trim();
    if (isThere !== '') execFileSync(shell, ['-n', launcher]);
  }
});
