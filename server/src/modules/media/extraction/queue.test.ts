import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { makeForm, sampleSound } from '../../../../test/harness/factories/media.ts';
import { openSoundHost, type SoundHost } from '../../../../test/harness/factories/sound-host.ts';

let worker: TestApp;
let host: SoundHost;
let headers: Record<string, string>;

beforeAll(async () => {
  worker = await buildTestApp({ withJobs: true });
  host = await openSoundHost({ '/tone.mp3': await sampleSound('tone.mp3') });
  headers = (await createSignedIn(worker)).session.headers;
});
afterAll(async () => {
  await worker.end();
  await host.close();
});

const statusOf = async (id: string) =>
  (await worker.app.inject({ url: `/api/recordings/${id}`, headers })).json().status as string;
const wait = { timeout: 25_000, interval: 100 };

test('an upload and an import come through the real queue', async () => {
  const form = makeForm([{ name: 'file', value: await sampleSound('tone.wav'), filename: 'tone.wav' }]);
  const upload = await worker.app.inject({
    method: 'POST',
    url: '/api/recordings',
    payload: form.payload,
    headers: { ...headers, ...form.headers },
  });
  const imported = await worker.app.inject({
    method: 'POST',
    url: '/api/recordings/import',
    payload: { url: `${host.url}/tone.mp3` },
    headers,
  });
  const ids: string[] = [upload.json().id, imported.json().recording_id];
  await expect.poll(() => Promise.all(ids.map(statusOf)), wait).toEqual(['ready', 'ready']);
});

test('a cancel ends a running job, and its connection to the source', async () => {
  const imported = await worker.app.inject({
    method: 'POST',
    url: '/api/recordings/import',
    payload: { url: `${host.url}/slow` },
    headers,
  });
  const { recording_id: id, job_id: jobId } = imported.json();
  await expect.poll(() => statusOf(id), wait).toBe('processing');
  await expect.poll(() => host.asked('/slow'), wait).toBe(1);
  await worker.app.inject({ method: 'POST', url: `/api/recordings/${id}/cancel`, headers });
  expect(await statusOf(id)).toBe('error');
  const stateOf = async () =>
    (await worker.kernel.db.pool.query('select state from pgboss.job where id = $1', [jobId])).rows[0]?.state;
  expect(await stateOf()).toBe('cancelled');
  await expect.poll(() => host.open(), wait).toBe(0);
  expect(await statusOf(id)).toBe('error');
});
