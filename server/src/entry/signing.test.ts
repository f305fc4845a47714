import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../test/harness/app.ts';
import { createOrganisation } from '../../test/harness/factories/accounts.ts';
import { createReadyRecording } from '../../test/harness/factories/media.ts';
import { secondsOf } from './verbs/sign.ts';

const SECRETS = {
  SECRET_KEY: 'a secret for tests only, of enough characters',
  SIGNING_KEY: 'a signing key for tests only, long enough',
};
let app: TestApp;
let recording: string;
beforeAll(async () => {
  app = await buildTestApp({ env: SECRETS });
  const { id } = await createOrganisation(app, { isDefault: true });
  await createOrganisation(app, { slug: 'other' });
  recording = await createReadyRecording(app, id);
});
afterAll(() => app.end());

/** The real command beside the application, on the same database and data folder. */
function antenne(...args: string[]) {
  const cli = path.join(import.meta.dirname, 'cli.ts');
  const installation = {
    DATABASE_URL: app.url,
    DATA_DIR: app.dataDir,
    ENVIRONMENT: 'development',
    ...SECRETS,
  };
  const env = { PATH: process.env.PATH, PUBLIC_URL: 'http://antenne.test', ...installation };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(process.execPath, [cli, ...args], { env }, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

describe('antenne sign', () => {
  test('prints an address that plays, with SIGNING_KEY and with a key of the organisation’s own', async () => {
    for (const key of ['installation', 'own']) {
      const { code, out } = await antenne('sign', recording, '--expires', '90m', '--user', 'Zoé & co');
      expect(code).toBe(0);
      const { origin, pathname, search, searchParams } = new URL(out.trim());
      expect([origin, searchParams.get('user')]).toEqual(['http://antenne.test', 'Zoé & co']);
      expect(searchParams.has('kid')).toBe(key === 'own');
      expect((await app.app.inject(pathname + search)).statusCode).toBe(200);
      expect((await app.app.inject(pathname + search.replace('Zo', 'Xo'))).statusCode).toBe(403);
      if (key === 'installation') expect((await antenne('keys', 'rotate')).code).toBe(0);
    }
  });

  test.each([
    [['sign'], 2, 'a file name'],
    [['sign', 'a', 'b'], 2, 'one file name'],
    [['sign', 'a', '--expires', '0'], 2, '31 days'],
    [['sign', 'a', '--organization', 'x'], 2, 'organization'],
    [['sign', 'a', '--organisation', 'nobody'], 1, 'no organisation with the slug'],
    [['sign', 'a', '--organisation', 'other'], 1, 'antenne keys rotate --organisation other'],
    [['keys'], 2, 'show or rotate'],
    [['keys', 'delete'], 2, 'show or rotate'],
  ])('%j is refused in words', async (args, status, words) => {
    const { code, err } = await antenne(...args);
    expect(code).toBe(status);
    expect(err).toContain(words);
  });

  test.each([
    ['1', 1],
    ['90s', 90],
    ['15m', 900],
    ['12h', 43_200],
    ['31d', 2_678_400],
  ])('takes %s', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  test.each(['', '0', '-1', '1.5', '1w', '32d', '1e3', '9999999999'])('does not take %j', (text) => {
    expect(() => secondsOf(text)).toThrow('31 days');
  });
});

test('antenne keys shows a secret once, and then its name', async () => {
  const none = await antenne('keys', 'show', '--organisation', 'other');
  expect(none.out).toContain('no key yet');
  const { out } = await antenne('keys', 'rotate', '--organisation', 'other');
  const [, kid = '', secret = ''] = /kid {5}(\w{10})\nsecret {2}([\w-]{43})\n/.exec(out) ?? [];
  const shown = await antenne('keys', 'show', '--organisation', 'other');
  expect(shown.out).toMatch(new RegExp(`^${kid} +current +\\d{4}-`));
  expect(shown.out).not.toContain(secret);
});
