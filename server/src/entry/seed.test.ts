import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../test/harness/app.ts';
import { createOrganisation } from '../../test/harness/factories/accounts.ts';

let app: TestApp;
beforeAll(async () => {
  app = await buildTestApp();
});
afterAll(() => app.end());

/** Runs the real command beside the application, on the same database and data folder. */
function seed(args: string[] = [], env: Record<string, string> = {}) {
  const cli = path.join(import.meta.dirname, 'cli.ts');
  const installation = { DATABASE_URL: app.url, DATA_DIR: app.dataDir, ENVIRONMENT: 'development' };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...installation, ...env } };
    const child = execFile(process.execPath, [cli, 'seed', ...args], options, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

test('says what to do when no database runs', async () => {
  const empty = await mkdtemp(path.join(tmpdir(), 'antenne-seed-'));
  const { code, err } = await seed([], { DATABASE_URL: '', DATA_DIR: empty });
  expect(code).toBe(1);
  expect(err).toMatch(/^antenne: No database runs on .*: run \.\/antenne start/);
  await rm(empty, { recursive: true });
});

test('says what is wrong with a database that does not answer', async () => {
  const { code, err } = await seed([], { DATABASE_URL: 'postgresql://antenne@127.0.0.1:1/antenne' });
  expect([code, err]).toEqual([1, "antenne: The database can't be used: nothing answers there.\n"]);
});

test('says what to do when nobody has set Antenne up', async () => {
  const { code, err } = await seed();
  expect(code).toBe(1);
  expect(err).toContain('Nobody has set Antenne up yet');
});

test('refuses what it does not understand', async () => {
  const { code, err } = await seed(['--organization', 'kerlande']);
  expect(code).toBe(2);
  expect(err).toContain('--organisation <slug>');
});

test('brings all of it to the default organisation, once', { timeout: 90_000 }, async () => {
  const { id } = await createOrganisation(app, { name: 'Radio Kerlande', isDefault: true });
  expect(await seed()).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Brought 16 débats to Radio Kerl/),
  });
  expect(await seed()).toMatchObject({ code: 0, out: expect.stringContaining('nothing was changed') });
  const { debatIds } = await app.composition.archive.bringSeed({ organisationId: id, personId: null });
  expect(debatIds).toHaveLength(16);
});

test('brings it to the organisation that is named, and to no other', { timeout: 90_000 }, async () => {
  const there = await createOrganisation(app, { name: 'Radio Ailleurs', slug: 'ailleurs' });
  const { out } = await seed(['--organisation', there.slug]);
  expect(out).toContain('to Radio Ailleurs');
  expect(await seed(['--organisation', 'nulle-part'])).toMatchObject({
    code: 1,
    err: 'antenne: There is no organisation with the slug "nulle-part".\n',
  });
});
