import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What a program says of the whole project; empty when it finds nothing. */
async function complaints(program: string, args: string[]): Promise<string> {
  try {
    await run(process.execPath, [`node_modules/${program}`, ...args], { cwd: root, maxBuffer: 10_000_000 });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}` || String(error);
  }
}

// Vitest accepts what Node's type stripping and the compiler refuse: the compiler is asked too.
describe('the whole source', { timeout: 300_000 }, () => {
  it.each(['server', 'e2e', 'client', 'web'])('has the right types in %s', async (folder) => {
    expect(await complaints('typescript/bin/tsc', ['--noEmit', '-p', folder])).toBe('');
  });

  it('is formatted, and free of what the linter knows', async () => {
    expect(await complaints('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.'])).toBe('');
  });
});
