import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { createReadyRecording, runJob } from '../../../../test/harness/factories/media.ts';
import type { Expired } from './retention-repo.ts';

let here: TestApp;
let organisationId: string;
let headers: Record<string, string>;
let id: string;

beforeAll(async () => {
  here = await buildTestApp({ env: { TRANSCRIPTION_ENGINE: 'none' } });
  const signedIn = await createSignedIn(here);
  organisationId = signedIn.organisation.id;
  headers = signedIn.session.headers;
  id = await createReadyRecording(here, organisationId, { title: 'Séance' });
});
afterAll(() => here.end());

const call = (method: 'GET' | 'PUT' | 'POST', url: string, payload?: object) =>
  here.app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
const query = (text: string, values: unknown[] = []) => here.kernel.db.pool.query(text, values);
const setRules = (unused_renditions_days: unknown, originals_days: unknown) =>
  call('PUT', '/api/storage/retention', { unused_renditions_days, originals_days });
const age = () =>
  Promise.all([
    query(`update renditions set used_at = now() - interval '40 days' where recording_id = $1`, [id]),
    query(`update recordings set completed_at = now() - interval '40 days' where id = $1`, [id]),
  ]);

async function apply(dryRun = false) {
  const files: Expired[] = [];
  const result = await here.composition.media.applyRetention({ dryRun, onFile: (file) => files.push(file) });
  return { ...result, told: files.map(({ label }) => label) };
}

async function makeFlac(): Promise<void> {
  const made = await call('POST', `/api/recordings/${id}/renditions`, { format: 'flac' });
  await runJob(here, 'media.make-rendition', { organisationId, renditionId: made.json().id });
}

test('without rules nothing goes, and rules are days or null', async () => {
  await makeFlac();
  await age();
  expect(await apply()).toMatchObject({ renditions: 0, originals: 0 });
  expect((await call('GET', '/api/storage/retention')).json()).toEqual({
    unused_renditions_days: null,
    originals_days: null,
  });
  for (const bad of [0, -1, 1.5, '30', 99_999]) expect((await setRules(bad, null)).statusCode).toBe(422);
  const { session } = await createSignedIn(here, { role: 'producer' });
  const url = '/api/storage/retention';
  expect((await here.app.inject({ url, headers: session.headers })).statusCode).toBe(403);
});

test('a rendition that nobody hears goes, after a dry run that told so; planned ones stay', async () => {
  await setRules(30, null);
  await age();
  expect(await apply(true)).toMatchObject({ renditions: 1, told: ['flac lossless'] });
  expect((await call('GET', `/api/recordings/${id}/audio?format=flac`)).statusCode).toBe(200);
  expect(await apply()).toMatchObject({ renditions: 1, originals: 0 });
  expect((await call('GET', `/api/recordings/${id}/audio?format=flac`)).statusCode).toBe(404);
  expect((await call('GET', `/api/recordings/${id}/audio`)).statusCode).toBe(200);
  const { rows } = await query(`select data from pgboss.job where name = 'media.remove-files'`);
  expect(rows).toHaveLength(1);
});

test('one that was heard meanwhile stays', async () => {
  await makeFlac();
  await age();
  await call('GET', `/api/recordings/${id}/audio?format=flac`);
  await here.composition.modules.find(({ name }) => name === 'media')?.stop?.();
  expect(await apply()).toMatchObject({ renditions: 0 });
});

test('an original goes by its own rule, never while a transcription needs it; what plays stays', async () => {
  await setRules(null, 30);
  await age();
  const asked = await query('select id from projects where organisation_id = $1', [organisationId]);
  expect(asked.rows.length).toBeLessThanOrEqual(1);
  await query(`insert into projects (id, organisation_id, name) values (gen_random_uuid(), $1, 'Essai')`, [
    organisationId,
  ]);
  await query(
    `insert into transcriptions (id, organisation_id, project_id, recording_id, source, status, stage, language, use_vad)
     select gen_random_uuid(), $1, id, $2, 'engine', 'queued', 'prepare', 'fr', true from projects where name = 'Essai'`,
    [organisationId, id],
  );
  expect(await apply(true)).toMatchObject({ originals: 0 });
  await query(`update transcriptions set status = 'error', error_code = 'x', error_message = 'x'`);
  expect(await apply()).toMatchObject({ renditions: 0, originals: 1 });
  expect(await apply()).toMatchObject({ originals: 0 });
  expect((await call('GET', `/api/recordings/${id}/audio`)).statusCode).toBe(200);
  const refused = await call('POST', `/api/recordings/${id}/renditions`, { format: 'opus' });
  expect([refused.statusCode, refused.json().type]).toEqual([
    409,
    'urn:antenne:problem:media.original-removed',
  ]);
  expect((await call('GET', '/api/storage')).json().originals_bytes).toBe(0);
});
