import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { generatedSecret } from './generated-secret.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'antenne secret '));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

it('is made once, long, and readable by its owner alone', () => {
  const secret = generatedSecret(dataDir, 'a-key');
  expect(secret).toMatch(/^[\w-]{64}$/);
  expect(generatedSecret(dataDir, 'a-key')).toBe(secret);
  expect(generatedSecret(dataDir, 'another-key')).not.toBe(secret);
  expect(statSync(join(dataDir, 'secrets')).mode & 0o777).toBe(0o700);
  expect(statSync(join(dataDir, 'secrets/a-key')).mode & 0o777).toBe(0o600);
});

it('is never the empty text that a damaged file holds: it would sign for everybody', () => {
  generatedSecret(dataDir, 'a-key');
  truncateSync(join(dataDir, 'secrets/a-key'));
  expect(() => generatedSecret(dataDir, 'a-key')).toThrow(/a-key is empty/);
});

it('leaves a data folder that it makes open to pass through', () => {
  generatedSecret(join(dataDir, 'new'), 'a-key');
  expect(statSync(join(dataDir, 'new')).mode & 0o111).toBe(0o111);
});

it('is the same for processes that ask at once, and leaves no draft behind', async () => {
  const script = `
    const { generatedSecret } = await import(${JSON.stringify(join(import.meta.dirname, 'generated-secret.ts'))});
    process.stdout.write(generatedSecret(process.argv[1], 'a-key'));`;
  const ask = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, dataDir]);
  const answers = await Promise.all(Array.from({ length: 6 }, ask));
  expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1);
  expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['a-key']);
});
