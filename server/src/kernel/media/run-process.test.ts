import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  createProcessRunner,
  ProcessFailed,
  type ProcessRunner,
  type ProcessRunnerOptions,
} from './run-process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-process-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const runners: ProcessRunner[] = [];
afterEach(() => Promise.all(runners.splice(0).map((runner) => runner.stop())));

function runner(options: Partial<ProcessRunnerOptions> = {}): ProcessRunner {
  const made = createProcessRunner({ environment: process.env, killGraceMs: 100, ...options });
  runners.push(made);
  return made;
}
const shell = (script: string, options: object = {}) => ({
  command: 'sh',
  args: ['-c', script],
  deadlineMs: 20_000,
  ...options,
});

/** Alive and not a zombie. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const pidIn = async (path: string) => {
  await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toMatch(/\d\n/), { timeout: 5000 });
  return Number(readFileSync(path, 'utf8'));
};

test('gives the output of a program that ends well', async () => {
  const result = await runner().run(shell('echo out; echo err >&2'));
  expect([result.stdout.toString(), result.stderrTail]).toEqual(['out\n', 'err\n']);
});

test('a failing program gives its status and the end of what it complained about', async () => {
  const failing = runner().run(shell('head -c 100000 /dev/zero | tr "\\0" x >&2; echo the end >&2; exit 3'));
  const error = await failing.catch((caught: unknown) => caught);
  if (!(error instanceof ProcessFailed)) throw error;
  expect([error.failure, error.exitCode]).toEqual(['exit', 3]);
  expect(error.stderrTail).toMatch(/xxx+the end\n$/);
  expect(error.stderrTail).toHaveLength(8 * 1024);
});

test('a program that does not exist', async () => {
  const missing = runner().run({ command: join(folder, 'no-such-program'), args: [], deadlineMs: 1000 });
  await expect(missing).rejects.toMatchObject({
    failure: 'spawn',
    message: 'no-such-program could not be started',
  });
});

test('a program that another killed', async () => {
  await expect(runner().run(shell('kill -SEGV $$'))).rejects.toMatchObject({ failure: 'killed' });
});

test('the child sees four variables, no input, and is as nice as told', async () => {
  const environment = {
    ...process.env,
    SECRET_KEY: 'hidden',
    LANG: 'C.UTF-8',
    HOME: '/root',
    TMPDIR: '/tmp',
  };
  const { stdout } = await runner({ environment }).run({
    command: process.execPath,
    args: [
      '-e',
      'console.log(JSON.stringify([Object.keys(process.env).sort(), os.getPriority(), fs.readFileSync(0).length]))',
    ],
    deadlineMs: 20_000,
    niceness: 7,
  });
  expect(JSON.parse(stdout.toString())).toEqual([['HOME', 'LANG', 'PATH', 'TMPDIR'], 7, 0]);
});

describe('output', () => {
  test('over the limit ends the program', async () => {
    const runs = runner();
    await expect(runs.run(shell('yes', { maxOutputBytes: 5000 }))).rejects.toMatchObject({
      failure: 'output',
    });
    expect(runs.running).toBe(0);
  });

  test('streamed, makes the program wait for a slow taker', async () => {
    let received = 0;
    let busy = false;
    const written = join(folder, 'written');
    await runner().run(
      shell(`head -c 3000000 /dev/zero; echo 1 > ${written}`, {
        onStdout: async (chunk: Buffer) => {
          expect(busy).toBe(false);
          busy = true;
          received += chunk.length;
          // All 3 MB don't fit into a pipe: while we dawdle at the start, the writer can't be done.
          if (received === chunk.length) {
            await sleep(200);
            expect(() => readFileSync(written)).toThrow('ENOENT');
          }
          busy = false;
        },
      }),
    );
    expect(received).toBe(3_000_000);
  });

  test('a taker that throws ends the program with its own error', async () => {
    const runs = runner();
    const refuse = () => {
      throw new Error('no more');
    };
    await expect(runs.run(shell('yes', { onStdout: refuse }))).rejects.toThrow('no more');
    expect(runs.running).toBe(0);
  });
});

test('a deadline of centuries is no deadline of now', async () => {
  const result = await runner().run(shell('sleep 0.2; echo done', { deadlineMs: 1e13 }));
  expect(result.stdout.toString()).toBe('done\n');
});

describe('cutting short', () => {
  test('the deadline ends a program that only sleeps', async () => {
    await expect(runner().run(shell('echo why >&2; sleep 600', { deadlineMs: 300 }))).rejects.toMatchObject({
      failure: 'deadline',
      stderrTail: 'why\n',
    });
  });

  test('one that ignores SIGTERM, and one that is stopped, are killed', async () => {
    const stubborn = shell('trap "" TERM; while :; do sleep 0.1; done', { deadlineMs: 200 });
    await expect(runner().run(stubborn)).rejects.toMatchObject({ failure: 'deadline' });
    await expect(runner().run(shell('kill -STOP $$', { deadlineMs: 200 }))).rejects.toMatchObject({
      failure: 'deadline',
    });
  });

  test('the whole group goes, helpers that hold the pipes included', async () => {
    const file = join(folder, 'helper');
    const run = runner().run(
      shell(`trap "exit 0" TERM; (trap "" TERM; sleep 600) & echo $! > ${file}; wait`, { deadlineMs: 500 }),
    );
    const helper = await pidIn(file);
    expect(isAlive(helper)).toBe(true);
    await expect(run).rejects.toMatchObject({ failure: 'deadline' });
    await vi.waitFor(() => expect(isAlive(helper)).toBe(false));
  });

  test('an abort gives the reason of the one who aborted', async () => {
    const stop = new AbortController();
    const run = runner().run(shell('sleep 600', { signal: stop.signal }));
    stop.abort(new Error('cancelled'));
    await expect(run).rejects.toThrow('cancelled');
    await expect(runner().run(shell('true', { signal: stop.signal }))).rejects.toThrow('cancelled');
  });

  test('a program that waits at a pipe nobody writes to meets its deadline', async () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    await expect(runner().run({ command: 'cat', args: [fifo], deadlineMs: 200 })).rejects.toMatchObject({
      failure: 'deadline',
    });
  });

  test('stop ends all that runs and refuses the rest', async () => {
    const runs = runner();
    const both = Promise.allSettled([
      runs.run(shell('sleep 600')),
      runs.run(shell('trap "" TERM; sleep 600')),
    ]);
    await vi.waitFor(() => expect(runs.running).toBe(2));
    await runs.stop();
    expect((await both).map((run) => run.status === 'rejected' && run.reason.failure)).toEqual([
      'stopped',
      'stopped',
    ]);
    expect(runs.running).toBe(0);
    await expect(runs.run(shell('true'))).rejects.toMatchObject({ failure: 'stopped' });
  });
});

const kills = hasSetpriv();
test.skipIf(!kills)(
  `kill -9 of this program takes its children along${kills ? '' : ' [skipped: needs setpriv of util-linux]'}`,
  async () => {
    const file = join(folder, 'orphan');
    const script = join(folder, 'parent.ts');
    writeFileSync(
      script,
      `import { createProcessRunner } from ${JSON.stringify(join(import.meta.dirname, 'run-process.ts'))};
     const runner = createProcessRunner({ environment: process.env, setprivPath: 'setpriv' });
     await runner.run({ command: 'sh', args: ['-c', 'echo $$ > ${file}; exec sleep 600'], deadlineMs: 600000, niceness: 5 });`,
    );
    const parent = spawn(process.execPath, [script], { stdio: 'inherit' });
    const child = await pidIn(file);
    expect(isAlive(child)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await vi.waitFor(() => expect(isAlive(child)).toBe(false));
  },
);

function hasSetpriv(): boolean {
  try {
    return execFileSync('setpriv', ['--help']).includes('--pdeathsig');
  } catch {
    return false;
  }
}
