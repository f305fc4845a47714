import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createOrganisation } from '../../../../test/harness/factories/accounts.ts';
import { runJob, sampleSound } from '../../../../test/harness/factories/media.ts';
import { openSoundHost, type SoundHost } from '../../../../test/harness/factories/sound-host.ts';

const EXTRACT = 'media.extract-recording';
const env = { MAX_CONCURRENT_EXTRACTIONS: '2' };

let here: TestApp;
let there: TestApp;
let host: SoundHost;
let organisationId: string;

beforeAll(async () => {
  here = await buildTestApp({ env });
  there = await buildTestApp({ beside: here, env });
  host = await openSoundHost({ '/tone.mp3': await sampleSound('tone.mp3') });
  organisationId = (await createOrganisation(here)).id;
});
afterAll(async () => {
  await there.end();
  await here.end();
  await host.close();
});

const request = async (address: string) => {
  const asked = { organisationId, sourceUrl: `${host.url}${address}`, createdBy: null };
  const { recordingId } = await here.kernel.db.transaction((tx) =>
    here.composition.media.requestExtraction(tx, asked),
  );
  return recordingId;
};
const statusOf = async (id: string) =>
  (await here.composition.media.getRecording(here.kernel.db.kysely, organisationId, id))?.status ?? 'gone';
const liveJobs = async (id: string) => {
  const { rows } = await here.kernel.db.pool.query(
    `select id from pgboss.job where data->>'recordingId' = $1 and name = $2 and state < 'completed'`,
    [id, EXTRACT],
  );
  return rows.length;
};

test('however many workers ask at the same moment, so many extractions run and no more; the rest wait', async () => {
  const ids = await Promise.all(Array.from({ length: 6 }, (_, index) => request(`/slow?${index}`)));
  const stop = new AbortController();
  const runs = ids.map((recordingId, index) =>
    runJob(index % 2 ? here : there, EXTRACT, { organisationId, recordingId }, { signal: stop.signal }).catch(
      () => undefined,
    ),
  );
  const statuses = () => Promise.all(ids.map(statusOf));
  const running = async () => (await statuses()).filter((status) => status === 'processing').length;
  await expect.poll(() => host.open(), { timeout: 20_000 }).toBe(2);
  expect((await statuses()).sort()).toEqual(['processing', 'processing', ...Array(4).fill('queued')]);
  // Those who wait have a job each, and go on as soon as there is room.
  expect(await Promise.all(ids.map(liveJobs))).toEqual(Array(6).fill(1));
  const inState = async (wanted: string) => {
    const all = await statuses();
    return ids.find((_id, index) => all[index] === wanted) ?? '';
  };
  const ended = await inState('processing');
  await here.kernel.db.transaction((tx) =>
    here.composition.media.cancelExtraction(tx, organisationId, ended),
  );
  const next = await inState('queued');
  const again = runJob(there, EXTRACT, { organisationId, recordingId: next }, { signal: stop.signal }).catch(
    () => undefined,
  );
  await expect.poll(() => statusOf(next)).toBe('processing');
  expect(await running()).toBe(2);
  stop.abort(new Error('enough'));
  await Promise.all([...runs, again]);
});

test('a run whose worker died holds its place for a short time only', async () => {
  const dead = await Promise.all([request('/slow?dead-1'), request('/slow?dead-2')]);
  const { pool } = here.kernel.db;
  await pool.query(`update recordings set status = 'processing', heartbeat_at = now() where id = any($1)`, [
    dead,
  ]);
  const id = await request('/missing.mp3');
  await runJob(here, EXTRACT, { organisationId, recordingId: id });
  expect(await statusOf(id)).toBe('queued');
  await pool.query(`update recordings set heartbeat_at = now() - interval '30 seconds' where id = any($1)`, [
    dead,
  ]);
  await runJob(here, EXTRACT, { organisationId, recordingId: id });
  expect(await statusOf(id)).toBe('error');
});
