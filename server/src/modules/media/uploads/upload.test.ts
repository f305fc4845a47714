import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createOrganisation, createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import {
  type FormPart,
  makeForm,
  sampleSound,
  storedFiles,
} from '../../../../test/harness/factories/media.ts';

let here: TestApp;
let base: string;
let headers: Record<string, string>;
let organisationId: string;
let wav: Buffer;

beforeAll(async () => {
  here = await buildTestApp();
  base = await here.listen();
  const signedIn = await createSignedIn(here, { role: 'producer' });
  headers = signedIn.session.headers;
  organisationId = signedIn.organisation.id;
  wav = await sampleSound('tone.wav');
});
afterAll(() => here.end());

async function post(parts: FormPart[], more: Record<string, string> = {}) {
  const form = makeForm(parts);
  return here.app.inject({
    method: 'POST',
    url: '/api/recordings',
    payload: form.payload,
    headers: { ...headers, ...form.headers, ...more },
  });
}

const rows = async () =>
  Number((await here.kernel.db.pool.query('select count(*) from recordings')).rows[0].count);

describe('an upload', () => {
  test('is acknowledged with its row, its job and its bytes', async () => {
    const reply = await post([
      { name: 'title', value: '  Séance\u202e du\r\n3  ' },
      { name: 'language', value: 'fr' },
      { name: 'file', value: wav, filename: 'tone.wav' },
      { name: 'unknown', value: 'dropped' },
    ]);
    expect(reply.statusCode).toBe(201);
    const recording = reply.json();
    expect(recording).toMatchObject({
      title: 'Séance du 3',
      language: 'fr',
      status: 'queued',
      visibility: 'private',
      source: 'upload',
      filename: 'tone.wav',
      codec: 'pcm_s16le',
      sample_rate: 44_100,
      channels: 1,
      duration_seconds: 2,
      file_size: wav.length,
    });
    expect(recording.renditions.map((one: { status: string }) => one.status)).toEqual(['pending', 'pending']);
    expect(reply.headers.location).toBe(`/api/recordings/${recording.id}`);
    const { rows: jobs } = await here.kernel.db.pool.query(
      `select data from pgboss.job where name = 'media.extract-recording' and data->>'recordingId' = $1`,
      [recording.id],
    );
    expect(jobs).toEqual([{ data: { organisationId, recordingId: recording.id } }]);
    const kept = (await storedFiles(here)).filter((file) => file.includes(recording.id));
    expect(kept).toHaveLength(1);
  });

  test('may carry its fields after the file, and none of them', async () => {
    const after = await post([
      { name: 'file', value: wav, filename: 'x.wav' },
      { name: 'title', value: 'After' },
    ]);
    expect(after.json().title).toBe('After');
    const none = await post([
      { name: 'title', value: '' },
      { name: 'file', value: wav, filename: 'seance_du_3.wav' },
    ]);
    expect(none.json().title).toBe('seance du 3');
  });

  test.each([
    ['../../../etc/passwd', 'passwd'],
    ['..\\\\..\\\\boot.wav', 'boot.wav'],
    ['a\u202egpj.wav', 'agpj.wav'],
    ['nul\u0000.wav', 'nul .wav'],
    ['séance ‘spéciale’ — 日本.wav', 'séance ‘spéciale’ — 日本.wav'],
  ])('named %j is kept as %j, inside its own folder', async (filename, expected) => {
    const reply = await post([{ name: 'file', value: wav, filename }]);
    expect(reply.statusCode).toBe(201);
    expect(reply.json().filename).toBe(expected);
  });

  test('two at once are two recordings', async () => {
    const both = await Promise.all(
      [1, 2].map(() => post([{ name: 'file', value: wav, filename: 'same.wav' }])),
    );
    expect(both.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
    expect(new Set(both.map((reply) => reply.json().id)).size).toBe(2);
  });

  test('of a film keeps its sound', async () => {
    const reply = await post([{ name: 'file', value: await sampleSound('film.mp4'), filename: 'film.mp4' }]);
    expect(reply.json()).toMatchObject({ codec: 'aac', status: 'queued' });
  });
});

describe('a refused upload leaves nothing', () => {
  let files: string[];
  let recordings: number;
  beforeAll(async () => {
    files = await storedFiles(here);
    recordings = await rows();
  });
  afterEach(async () => {
    expect(await storedFiles(here)).toEqual(files);
    expect(await rows()).toBe(recordings);
  });

  test.each<[string, number, string, Buffer | string]>([
    ['zero bytes', 422, 'media.empty-file', ''],
    ['text as .mp3', 415, 'media.not-audio', 'This is no sound at all.\n'.repeat(500)],
    ['a short text', 415, 'media.not-audio', 'hi'],
    ['a playlist dressed as .mp4', 415, 'media.not-audio', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'],
    ['a concat script', 415, 'media.not-audio', "ffconcat version 1.0\nfile '/etc/passwd'\n"],
    ['noise', 415, 'media.not-audio', Buffer.alloc(40_000, 'noise\u0000\u0001')],
  ])('%s: %i %s', async (_what, status, code, value) => {
    const reply = await post([{ name: 'file', value, filename: 'sound.mp3', type: 'audio/mpeg' }]);
    expect([reply.statusCode, reply.json().type]).toEqual([status, `urn:antenne:problem:${code}`]);
    expect(reply.json().detail).toMatch(/\.$/);
  });

  test('a film without sound, and a WAV that ends after its header', async () => {
    const silent = await post([
      { name: 'file', value: await sampleSound('silent-film.mp4'), filename: 'silent.mp4' },
    ]);
    expect(silent.statusCode).toBe(415);
    const cut = await post([{ name: 'file', value: wav.subarray(0, 44), filename: 'cut.wav' }]);
    expect(cut.statusCode).toBeGreaterThanOrEqual(415);
    expect(cut.statusCode).toBeLessThanOrEqual(422);
  });

  test.each<[string, FormPart[], string]>([
    ['no file', [{ name: 'title', value: 'x' }], 'file'],
    ['a file under another name', [{ name: 'audio', value: 'RIFF\u0000', filename: 'x.wav' }], 'file'],
    ['a title of 10,000 characters', [{ name: 'title', value: 'é'.repeat(4_000) }], 'title'],
    ['a language that is none', [{ name: 'language', value: 'fr; drop table' }], 'language'],
  ])('%s: 422 that names the field', async (_what, parts, field) => {
    const withFile = field === 'file' ? parts : [...parts, { name: 'file', value: wav, filename: 'x.wav' }];
    const reply = await post(withFile);
    expect(reply.statusCode).toBe(422);
    expect(reply.json().errors[0].field).toBe(field);
  });

  test('two files, half a form, no form', async () => {
    const two = await post([
      { name: 'file', value: wav, filename: 'a.wav' },
      { name: 'file', value: wav, filename: 'b.wav' },
    ]);
    expect(two.statusCode).toBe(400);
    const form = makeForm([{ name: 'file', value: wav, filename: 'a.wav' }]);
    const half = await here.app.inject({
      method: 'POST',
      url: '/api/recordings',
      payload: form.payload.subarray(0, 30_000),
      headers: { ...headers, ...form.headers },
    });
    expect(half.statusCode).toBe(400);
    const json = await here.app.inject({ method: 'POST', url: '/api/recordings', payload: {}, headers });
    expect(json.statusCode).toBe(415);
    const noBoundary = await here.app.inject({
      method: 'POST',
      url: '/api/recordings',
      payload: 'x',
      headers: { ...headers, 'content-type': 'multipart/form-data' },
    });
    expect(noBoundary.statusCode).toBe(400);
  });

  test('a member and a stranger may not', async () => {
    const { session } = await createSignedIn(here, { role: 'member' });
    const parts = [{ name: 'file', value: wav, filename: 'x.wav' }];
    expect((await post(parts, session.headers)).statusCode).toBe(403);
    expect((await post(parts, { authorization: '' })).statusCode).toBe(401);
  });

  test('a client that goes away in the middle', async () => {
    const { hostname, port } = new URL(base);
    const form = makeForm([{ name: 'file', value: wav, filename: 'gone.wav' }]);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const head = { ...headers, ...form.headers, host: hostname, 'content-length': '100000000' };
    const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST /api/recordings HTTP/1.1\r\n${lines.join('')}\r\n`);
    socket.write(form.payload.subarray(0, 100_000));
    await expect.poll(() => storedFiles(here)).toHaveLength(files.length + 1);
    socket.destroy();
    await expect.poll(() => storedFiles(here)).toEqual(files);
  });

  test('a boundary longer than any form needs: 400 that says so', async () => {
    const form = makeForm([{ name: 'file', value: wav, filename: 'a.wav' }]);
    for (const boundary of ['b'.repeat(71), `"${'b'.repeat(300)}"`]) {
      const type = { 'content-type': `multipart/form-data; boundary=${boundary}` };
      const all = { ...headers, ...form.headers, ...type };
      const reply = await here.app.inject({
        method: 'POST',
        url: '/api/recordings',
        payload: form.payload,
        headers: all,
      });
      expect([reply.statusCode, reply.json().type]).toEqual([400, 'urn:antenne:problem:media.bad-upload']);
    }
  });

  test('more bytes announced than there is room for: 507 at once', async () => {
    const { hostname, port } = new URL(base);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const form = makeForm([{ name: 'file', value: wav, filename: 'huge.wav' }]);
    const head = { ...headers, ...form.headers, host: hostname, 'content-length': '9000000000000000' };
    const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST /api/recordings HTTP/1.1\r\n${lines.join('')}\r\n`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 507 [\s\S]*media\.storage-full/);
    socket.destroy();
  });
});

test('another organisation sees nothing of it', async () => {
  const { id } = (await post([{ name: 'file', value: wav, filename: 'mine.wav' }])).json();
  const { session } = await createSignedIn(here, { organisation: await createOrganisation(here) });
  const theirs = await here.app.inject({ url: `/api/recordings/${id}`, headers: session.headers });
  expect(theirs.statusCode).toBe(404);
});
