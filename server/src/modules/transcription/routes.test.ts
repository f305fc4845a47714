import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import { createSignedIn, type TestSession } from '../../../test/harness/factories/accounts.ts';
import {
  createReadyRecording,
  makeForm,
  runJob,
  sampleSound,
  storedFiles,
} from '../../../test/harness/factories/media.ts';
import { createTranscription } from '../../../test/harness/factories/transcription.ts';
import { openSpeechServer, type SpeechServerKit } from '../../../test/speech/openai-server.ts';
import type { Organisation, Role } from '../accounts/public.ts';
import { PROGRESS_CHANNEL } from './events.ts';

let server: SpeechServerKit;
let here: TestApp;
let organisation: Organisation;
let admin: TestSession['headers'];
let recordingId: string;

beforeAll(async () => {
  server = await openSpeechServer({ said: () => [{ startMs: 200, endMs: 1800, text: 'Bonjour à tous.' }] });
  here = await buildTestApp({ env: { TRANSCRIPTION_ENGINE: 'http', TRANSCRIPTION_API_URL: server.url } });
  const made = await createSignedIn(here);
  organisation = made.organisation;
  admin = made.session.headers;
  recordingId = await createReadyRecording(here, organisation.id, {
    title: 'Séance du 3',
    visibility: 'public',
  });
});
afterAll(async () => {
  await here.end();
  await server.close();
});

const call = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object, headers: object = admin) =>
  here.app.inject({ method, url, headers: { ...headers }, ...(payload ? { payload } : {}) });

const headersOf = async (role: Role) => (await createSignedIn(here, { organisation, role })).session.headers;

const sendForm = (url: string, parts: Parameters<typeof makeForm>[0], as: object = admin) => {
  const { payload, headers } = makeForm(parts);
  return here.app.inject({ method: 'POST', url, payload, headers: { ...as, ...headers } });
};

const work = (id: string) =>
  runJob(here, 'transcription.transcribe', { organisationId: organisation.id, transcriptionId: id });

const SRT = '1\n00:00:00,100 --> 00:00:00,900\nBonjour à tous.\n\n2\n00:00:01,000 --> 00:00:01,500\nMerci.\n';
const srt = { name: 'file', filename: 'séance.srt', value: SRT };

describe('POST /api/transcriptions', () => {
  test('takes a recording, and shows everything that the contract names', async () => {
    const reply = await call('POST', '/api/transcriptions', {
      recording_id: recordingId,
      initial_prompt: '  Kerlande,\nLandelle ',
      diarization: true,
      enrichment: true,
      unknown: 1,
    });
    expect(reply.statusCode, reply.body).toBe(201);
    const made = reply.json();
    expect(reply.headers.location).toBe(`/api/transcriptions/${made.id}`);
    expect(made).toMatchObject({
      status: 'queued',
      progress: 0,
      recording_id: recordingId,
      recording_title: 'Séance du 3',
      project_name: 'admin',
      source: 'engine',
      engine: null,
      language: 'fr',
      file_path: `/api/recordings/${recordingId}/audio`,
      vad_enabled: true,
      diarization_enabled: false,
      enrichment_requested: false,
      initial_prompt: 'Kerlande, Landelle',
      text: '',
      segments: [],
      segments_count: null,
      celery_task_id: expect.any(String),
      queued_at: expect.any(String),
      finished_at: null,
    });
    expect((await call('POST', '/api/transcriptions', { recording_id: recordingId })).json()).toMatchObject({
      status: 409,
      type: 'urn:antenne:problem:transcription.under-way',
      transcription_id: made.id,
    });
    await work(made.id);
    const done = (await call('GET', `/api/transcriptions/${made.id}`)).json();
    expect(done).toMatchObject({
      status: 'done',
      progress: 100,
      engine: 'http',
      text: 'Bonjour à tous.',
      segments_count: 1,
      duration: 2,
      processing_time: expect.any(Number),
      queue_wait_time: expect.any(Number),
      segments: [{ start: 0.2, end: 1.8, text: 'Bonjour à tous.', speaker: null }],
    });
    expect(done.segments[0].words).toHaveLength(3);
    expect(server.requests.at(-1)?.fields).toMatchObject({
      prompt: ['Kerlande, Landelle'],
      language: ['fr'],
    });
  });

  test('takes a file as an upload of its own, with fields as forms write them', async () => {
    const reply = await sendForm('/api/transcriptions', [
      { name: 'file', filename: 'conseil.wav', value: await sampleSound('tone.wav') },
      { name: 'language', value: 'en' },
      { name: 'use_vad', value: 'false' },
      { name: 'enrichment', value: '0' },
      { name: 'whisper_model', value: '' },
      { name: 'enrichment_prompts', value: '{"title":"x"}' },
    ]);
    expect(reply.statusCode, reply.body).toBe(201);
    const made = reply.json();
    expect(made).toMatchObject({
      status: 'queued',
      recording_title: 'conseil',
      language: 'en',
      vad_enabled: false,
      whisper_model: null,
    });
    const recording = (await call('GET', `/api/recordings/${made.recording_id}`)).json();
    expect(recording).toMatchObject({
      status: 'queued',
      source: 'upload',
      language: 'en',
      visibility: 'private',
    });
    // Its sound need not play before its words are known.
    await work(made.id);
    expect((await call('GET', `/api/transcriptions/${made.id}`)).json().status).toBe('done');
  });

  test.each([
    ['no body', undefined, 422],
    ['an empty body', {}, 422],
    ['a malformed id', { recording_id: 'x' }, 422],
    ['text for a switch', { recording_id: crypto.randomUUID(), use_vad: 'true' }, 422],
    ['a recording that is not there', { recording_id: crypto.randomUUID() }, 404],
    ['a project that is not there', { recording_id: 'RECORDING', project_name: 'nowhere\u0000' }, 404],
  ])('refuses %s', async (_what, body, status) => {
    const payload = body && JSON.parse(JSON.stringify(body).replace('RECORDING', recordingId));
    expect((await call('POST', '/api/transcriptions', payload)).statusCode).toBe(status);
  });

  test.each([
    ['what is no sound', { name: 'file', filename: 'a.pdf', value: '%PDF-1.7 and more' }, [], 400],
    ['nothing at all', { name: 'file', filename: 'a.wav', value: '' }, [], 400],
    ['an unknown project', null, [{ name: 'project_name', value: 'nowhere' }], 404],
    ['a wrong switch', null, [{ name: 'use_vad', value: 'perhaps' }], 422],
    ['a form without a file', { name: 'title', value: 'x' }, [], 422],
  ] as const)('refuses a form with %s, and keeps nothing of it', async (_what, part, fields, status) => {
    const sound = { name: 'file', filename: 'a.wav', value: await sampleSound('tone.wav') };
    const before = await storedFiles(here);
    const reply = await sendForm('/api/transcriptions', [part ?? sound, ...fields]);
    expect(reply.statusCode, reply.body).toBe(status);
    expect(await storedFiles(here)).toEqual(before);
  });

  test('says how to get an engine where there is none', async () => {
    const bare = await buildTestApp({ beside: here, env: { TRANSCRIPTION_ENGINE: 'none' } });
    const reply = await bare.app.inject({
      method: 'POST',
      url: '/api/transcriptions',
      headers: admin,
      payload: { recording_id: recordingId },
    });
    await bare.end();
    expect(reply.json()).toMatchObject({
      status: 422,
      type: 'urn:antenne:problem:transcription.no-engine',
      detail: expect.stringContaining('TRANSCRIPTION_ENGINE'),
      language: 'fr',
    });
  });
});

describe('lists', () => {
  test('are filtered by state, project, title and recording, and counted the same way', async () => {
    const other = await createReadyRecording(here, organisation.id, { title: '100 % marché' });
    await createTranscription(here, organisation.id, other, ['Un', 'Deux']);
    const listed = async (query: string) => {
      const { transcriptions, total, ...page } = (await call('GET', `/api/transcriptions?${query}`)).json();
      const counts = (await call('GET', `/api/transcriptions/count?${query}`)).json();
      expect([query, counts.total_filtered]).toEqual([query, total]);
      return { transcriptions, total, page };
    };
    const { transcriptions, total } = await listed('search=march%C3%A9');
    expect(total).toBe(1);
    expect(transcriptions[0]).toMatchObject({
      recording_id: other,
      text: null,
      segments: null,
      segments_count: 2,
    });
    expect((await listed('search=100+%25')).total).toBe(1);
    expect((await listed(`recording_id=${other}&status=done`)).total).toBe(1);
    expect((await listed(`recording_id=${other}&status=error`)).total).toBe(0);
    expect((await listed('recording_id=x')).total).toBe(0);
    expect((await listed('project=nowhere')).total).toBe(0);
    const all = await listed('project=admin');
    expect(all.total).toBeGreaterThanOrEqual(3);
    const { page } = await listed('');
    expect(page).toMatchObject({ page: 1, per_page: 25, has_prev: false });
    const paged = (await call('GET', '/api/transcriptions?limit=1&page=2')).json();
    expect(paged).toMatchObject({ page: 2, per_page: 1, has_prev: true, total: all.total });
    const counts = (await call('GET', '/api/transcriptions/count?status=done')).json();
    expect(counts.done).toBe(counts.total_filtered);
    expect(counts.total_global).toBe(all.total);
  });

  test.each(['limit=101', 'page=0', 'status=finished'])('refuse %s', async (query) => {
    expect((await call('GET', `/api/transcriptions?${query}`)).statusCode).toBe(422);
  });
});

describe('the work', () => {
  test('is cancelled, retried and removed', async () => {
    const id = await createReadyRecording(here, organisation.id);
    const made = (await call('POST', '/api/transcriptions', { recording_id: id })).json();
    const cancelled = await call('POST', `/api/transcriptions/${made.id}/cancel`);
    expect(cancelled.json()).toMatchObject({ status: 'error', error_code: 'transcription.cancelled' });
    expect((await call('POST', `/api/transcriptions/${made.id}/cancel`)).statusCode).toBe(409);
    const again = await call('POST', `/api/transcriptions/${made.id}/retry`);
    expect([again.statusCode, again.json().status]).toEqual([202, 'queued']);
    expect((await call('POST', `/api/transcriptions/${made.id}/retry`)).statusCode).toBe(409);
    const removed = await call('DELETE', `/api/transcriptions/${made.id}`);
    expect(removed.json()).toEqual({ status: 'deleted', id: made.id });
    expect((await call('GET', `/api/transcriptions/${made.id}`)).statusCode).toBe(404);
  });

  test('tells how it comes along to those who may know', async () => {
    const told: unknown[] = [];
    const stop = here.kernel.hints.on(PROGRESS_CHANNEL, (data) => told.push(data));
    const id = await createReadyRecording(here, organisation.id);
    const made = (await call('POST', '/api/transcriptions', { recording_id: id })).json();
    await work(made.id);
    await expect
      .poll(() => told.map((each) => (each as { status: string }).status))
      .toEqual(expect.arrayContaining(['queued', 'processing', 'done']));
    stop();
    expect(told.at(-1)).toEqual({
      organisationId: organisation.id,
      recordingId: id,
      transcriptionId: made.id,
      status: 'done',
      progress: 100,
      message: null,
    });
  });
});

describe('the transcript', () => {
  test('is imported, and read by whoever may hear the recording', async () => {
    const id = await createReadyRecording(here, organisation.id);
    const path = `/api/recordings/${id}/transcript`;
    expect((await call('GET', path)).json()).toMatchObject({
      status: 404,
      type: expect.stringContaining('no-transcript'),
    });
    const imported = await sendForm(path, [srt, { name: 'language', value: 'fr-CA' }]);
    expect(imported.statusCode, imported.body).toBe(201);
    expect(imported.json()).toMatchObject({
      recording_id: id,
      version: 1,
      language: 'fr-CA',
      source: 'import',
      engine: null,
      segments: [
        { position: 0, start: 0.1, end: 0.9, text: 'Bonjour à tous.', speaker: null, words: null },
        { position: 1, start: 1, end: 1.5, text: 'Merci.' },
      ],
    });
    // Private: hidden from outside, as the recording is.
    const host = { host: 'nowhere.test' };
    expect((await call('GET', path, undefined, host)).statusCode).toBe(404);
    expect((await call('GET', path, undefined, await headersOf('guest'))).statusCode).toBe(404);
    await here.kernel.db.transaction((tx) =>
      here.composition.media.setVisibility(tx, organisation.id, id, 'unlisted'),
    );
    expect((await call('GET', path, undefined, await headersOf('guest'))).statusCode).toBe(200);
  });

  test('is sent again only when it has changed, and small', async () => {
    const id = await createReadyRecording(here, organisation.id);
    const lines = Array.from({ length: 100 }, (_, i) => `Voici la phrase numéro ${i}.`);
    await createTranscription(here, organisation.id, id, lines.slice(0, 10));
    const path = `/api/recordings/${id}/transcript`;
    const plain = await call('GET', path);
    const { etag } = plain.headers;
    const packed = await call('GET', path, undefined, { ...admin, 'accept-encoding': 'br;q=1, gzip;q=0.5' });
    expect(packed.headers).toMatchObject({
      'content-encoding': 'gzip',
      etag,
      vary: expect.stringContaining('accept-encoding'),
    });
    expect(JSON.parse(gunzipSync(packed.rawPayload).toString())).toEqual(plain.json());
    expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2);
    const refused = await call('GET', path, undefined, { ...admin, 'accept-encoding': 'gzip;q=0, *' });
    expect(refused.headers['content-encoding']).toBeUndefined();
    const same = await call('GET', path, undefined, { ...admin, 'if-none-match': etag });
    expect([same.statusCode, same.body]).toEqual([304, '']);
    await createTranscription(here, organisation.id, id, lines.slice(0, 5));
    const changed = await call('GET', path, undefined, { ...admin, 'if-none-match': etag });
    expect([changed.statusCode, changed.json().version]).toEqual([200, 2]);
  });

  test.each([
    ['no form', 415, () => call('POST', `/api/recordings/${recordingId}/transcript`, { a: 1 })],
    [
      'no file',
      422,
      () => sendForm(`/api/recordings/${recordingId}/transcript`, [{ name: 'language', value: 'fr' }]),
    ],
    [
      'another file',
      422,
      () => sendForm(`/api/recordings/${recordingId}/transcript`, [{ ...srt, value: 'Once upon a time.' }]),
    ],
    [
      'a wrong language',
      422,
      () =>
        sendForm(`/api/recordings/${recordingId}/transcript`, [srt, { name: 'language', value: 'français' }]),
    ],
    [
      'a file of 21 MB',
      413,
      () =>
        sendForm(`/api/recordings/${recordingId}/transcript`, [
          { ...srt, value: Buffer.alloc(21 * 1024 * 1024, 'a') },
        ]),
    ],
    [
      'a recording that is not there',
      404,
      () => sendForm(`/api/recordings/${crypto.randomUUID()}/transcript`, [srt]),
    ],
  ])('refuses %s', async (_what, status, ask) => {
    const reply = await ask();
    expect(reply.statusCode, reply.body.slice(0, 500)).toBe(status);
  });
});

describe('who may', () => {
  const may: [Role, read: number, request: number, remove: number][] = [
    ['guest', 403, 403, 403],
    ['member', 200, 403, 403],
    ['technician', 200, 403, 403],
    ['transcriber', 200, 422, 403],
    ['archivist', 200, 422, 403],
    ['producer', 200, 422, 403],
    ['manager', 200, 422, 404],
  ];
  test.each(may)('a %s reads %i, requests %i, removes %i', async (role, read, request, remove) => {
    const headers = await headersOf(role);
    const nothing = `/api/transcriptions/${crypto.randomUUID()}`;
    expect((await call('GET', '/api/transcriptions', undefined, headers)).statusCode).toBe(read);
    expect((await call('GET', '/api/transcription-engines', undefined, headers)).statusCode).toBe(read);
    expect((await call('POST', '/api/transcriptions', {}, headers)).statusCode).toBe(request);
    expect((await call('DELETE', nothing, undefined, headers)).statusCode).toBe(remove);
  });

  test('nobody without a token', async () => {
    expect((await call('GET', '/api/transcriptions', undefined, {})).statusCode).toBe(401);
  });
});

test('the engines are listed with what they can do', async () => {
  const reply = (await call('GET', '/api/transcription-engines')).json();
  expect(reply).toMatchObject({ auto: true, default_language: 'fr' });
  expect(reply.engines).toContainEqual({ name: 'http', languages: 'any', available: true, reason: null });
});
