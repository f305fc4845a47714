import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { createReadyRecording, storedFiles } from '../../../../test/harness/factories/media.ts';
import { createTranscription } from '../../../../test/harness/factories/transcription.ts';
import { createMediaContext } from '../media-context.ts';
import { emptyTrash } from './empty-trash.ts';

let here: TestApp;
let organisationId: string;
let administrator: Record<string, string>;
let elsewhere: Record<string, string>;

beforeAll(async () => {
  here = await buildTestApp();
  const signedIn = await createSignedIn(here);
  organisationId = signedIn.organisation.id;
  administrator = signedIn.session.headers;
  elsewhere = (await createSignedIn(here)).session.headers;
});
afterAll(() => here.end());

type Method = 'GET' | 'POST' | 'DELETE' | 'PATCH';
const call = (method: Method, url: string, payload?: object, headers = administrator) =>
  here.app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
const statusOf = async (method: Method, url: string, payload?: object) =>
  (await call(method, url, payload)).statusCode;
const trash = async (headers = administrator) =>
  (await call('GET', '/api/recordings/trash', undefined, headers)).json();
const context = () => createMediaContext(here.kernel, here.composition.accounts);

async function ageTrash(id: string, days: number): Promise<void> {
  await here.kernel.db.pool.query(
    `update recordings set trashed_at = trashed_at - make_interval(days => $2) where id = $1`,
    [id, days],
  );
}

describe('a removed recording', () => {
  test('is hidden everywhere at once, keeps its files, and comes back whole', async () => {
    const id = await createReadyRecording(here, organisationId, {
      title: 'Séance perdue',
      visibility: 'public',
    });
    const transcription = await createTranscription(here, organisationId, id, ['mots retrouvés']);
    const before = (await call('GET', `/api/recordings/${id}`)).json();
    const files = await storedFiles(here);
    const signed = (await call('POST', `/api/recordings/${id}/sign`, {})).json().url;
    const paths = ['', '/audio', '/download', '/waveform', '/loudness', '/transcript', '/spectrogram.png'];
    for (const path of paths) expect(await statusOf('GET', `/api/recordings/${id}${path}`), path).toBe(200);

    expect(await statusOf('DELETE', `/api/recordings/${id}`)).toBe(204);

    for (const path of paths) expect(await statusOf('GET', `/api/recordings/${id}${path}`), path).toBe(404);
    for (const url of [
      signed,
      `/hls/${id}/master.m3u8`,
      `/api/audio/${id}/metadata`,
      `/api/transcriptions/${transcription}`,
    ]) {
      expect(await statusOf('GET', url), url).toBe(404);
    }
    expect(await statusOf('PATCH', `/api/recordings/${id}`, { title: 'x' })).toBe(404);
    expect(await statusOf('POST', `/api/recordings/${id}/renditions`, { format: 'flac' })).toBe(404);
    expect(await statusOf('POST', `/api/recordings/${id}/retry`)).toBe(404);
    expect(await statusOf('DELETE', `/api/recordings/${id}`)).toBe(404);
    expect((await call('GET', '/api/recordings')).body).not.toContain(id);
    expect((await call('GET', '/api/transcriptions')).body).not.toContain(id);
    expect(await storedFiles(here)).toEqual(files);
    const [item] = (await trash()).recordings;
    expect(item).toMatchObject({ id, title: 'Séance perdue', status: 'ready' });
    expect(Date.parse(item.gone_at) - Date.parse(item.trashed_at)).toBe(30 * 86_400_000);

    const restored = await call('POST', `/api/recordings/${id}/restore`);
    expect(restored.statusCode).toBe(200);
    expect(restored.json()).toEqual({ ...before, updated_at: expect.any(String) });
    for (const path of paths) expect(await statusOf('GET', `/api/recordings/${id}${path}`), path).toBe(200);
    expect((await trash()).total).toBe(0);
    expect(await statusOf('POST', `/api/recordings/${id}/restore`)).toBe(404);
    const { rows } = await here.kernel.db.pool.query(
      'select action from audit_entries where target_id = $1 order by at',
      [id],
    );
    expect(rows.map(({ action }) => action)).toEqual(['media.recording-trashed', 'media.recording-restored']);
  });

  test('that still waits for its work goes on with it when it is back', async () => {
    const url = 'http://127.0.0.1:1/waiting.mp3';
    const { recording_id: id } = (await call('POST', '/api/recordings/import', { url })).json();
    await call('DELETE', `/api/recordings/${id}`);
    expect((await call('POST', `/api/recordings/${id}/restore`)).json().status).toBe('queued');
    const { rows } = await here.kernel.db.pool.query(
      `select state from pgboss.job where name = 'media.extract-recording' and singleton_key = $1 order by created_on`,
      [id],
    );
    expect(rows.map(({ state }) => state)).toEqual(['cancelled', 'created']);
    await call('DELETE', `/api/recordings/${id}?permanently=true`);
  });

  test('frees its address; it cannot come back beside the recording that took it', async () => {
    const url = 'http://127.0.0.1:1/again.mp3';
    const { recording_id: first } = (await call('POST', '/api/recordings/import', { url })).json();
    await call('DELETE', `/api/recordings/${first}`);
    const second = await call('POST', '/api/recordings/import', { url });
    expect(second.statusCode).toBe(202);
    const refused = await call('POST', `/api/recordings/${first}/restore`);
    expect([refused.statusCode, refused.json().type]).toEqual([
      409,
      'urn:antenne:problem:media.already-imported',
    ]);
    await call('DELETE', `/api/recordings/${second.json().recording_id}?permanently=true`);
    expect(await statusOf('POST', `/api/recordings/${first}/restore`)).toBe(200);
    await call('DELETE', `/api/recordings/${first}?permanently=true`);
  });

  test('is nobody else’s to see, restore or remove', async () => {
    const id = await createReadyRecording(here, organisationId, { visibility: 'public' });
    await call('DELETE', `/api/recordings/${id}`);
    expect((await trash(elsewhere)).total).toBe(0);
    for (const [method, path] of [
      ['POST', '/restore'],
      ['DELETE', ''],
      ['DELETE', '?permanently=true'],
    ] as const) {
      const reply = await call(method, `/api/recordings/${id}${path}`, undefined, elsewhere);
      expect(reply.statusCode).toBe(404);
    }
    for (const bad of ['nothing', '0', '%00', '../x']) {
      expect(await statusOf('POST', `/api/recordings/${bad}/restore`)).toBe(404);
    }
    expect((await here.app.inject({ url: '/api/recordings/trash' })).statusCode).toBe(401);
    await call('DELETE', `/api/recordings/${id}?permanently=true`);
  });

  test('two at once: one removal and one restoring count', async () => {
    const id = await createReadyRecording(here, organisationId);
    const removals = await Promise.all([1, 2, 3].map(() => statusOf('DELETE', `/api/recordings/${id}`)));
    expect(removals.sort()).toEqual([204, 404, 404]);
    const returns = await Promise.all([1, 2].map(() => statusOf('POST', `/api/recordings/${id}/restore`)));
    expect(returns.sort()).toEqual([200, 404]);
    await call('DELETE', `/api/recordings/${id}?permanently=true`);
  });
});

describe('removing for good', () => {
  test('takes a right of its own, and the files', async () => {
    const files = await storedFiles(here);
    const id = await createReadyRecording(here, organisationId);
    const organisation = await here.composition.accounts.organisationOf(organisationId);
    if (!organisation) throw new Error('the organisation is gone');
    const { headers } = (await createSignedIn(here, { organisation, role: 'manager' })).session;
    expect(
      (await call('DELETE', `/api/recordings/${id}?permanently=true`, undefined, headers)).statusCode,
    ).toBe(403);
    expect((await call('DELETE', `/api/recordings/${id}`, undefined, headers)).statusCode).toBe(204);
    expect(await statusOf('DELETE', `/api/recordings/${id}?permanently=true`)).toBe(204);
    expect(await statusOf('POST', `/api/recordings/${id}/restore`)).toBe(404);
    const { rows } = await here.kernel.db.pool.query(
      `select data from pgboss.job where name = 'media.remove-files' and data::text like '%' || $1 || '%'`,
      [id],
    );
    expect(rows).toHaveLength(1);
    expect((await storedFiles(here)).length).toBeGreaterThan(files.length);
  });

  test('happens by itself after TRASH_DAYS, and not before', async () => {
    const [old, young] = [
      await createReadyRecording(here, organisationId),
      await createReadyRecording(here, organisationId),
    ];
    for (const id of [old, young]) await call('DELETE', `/api/recordings/${id}`);
    await ageTrash(old, 30);
    await ageTrash(young, 29);
    const [one, other] = await Promise.all([emptyTrash(context()), emptyTrash(context())]);
    expect(one + other).toBe(1);
    expect((await trash()).recordings.map(({ id }: { id: string }) => id)).toEqual([young]);
    await call('DELETE', `/api/recordings/${young}?permanently=true`);
  });

  test('what a débat took in the instant of its removal comes back instead', async () => {
    const id = await createReadyRecording(here, organisationId);
    await call('DELETE', `/api/recordings/${id}`);
    await here.kernel.db.pool.query(
      `insert into debats (id, organisation_id, title, type, status, visibility, date, recording_id)
       values (gen_random_uuid(), $1, 'x', 'autre', 'disponible', 'private', '2026-01-01', $2)`,
      [organisationId, id],
    );
    await ageTrash(id, 31);
    expect(await emptyTrash(context())).toBe(0);
    expect(await statusOf('GET', `/api/recordings/${id}`)).toBe(200);
    expect(await statusOf('DELETE', `/api/recordings/${id}`)).toBe(409);
  });
});
