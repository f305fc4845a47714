import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildTestApp, type TestApp, testClock } from '../../../test/harness/app.ts';
import { createOrganisation, createSignedIn } from '../../../test/harness/factories/accounts.ts';
import { createDebat } from '../../../test/harness/factories/archive.ts';
import { settleSound } from './settle-sound.ts';

const SECONDS = 65;
const clock = testClock();
let app: TestApp;
let media: Server;
let address: string;
let folder: string;
let organisationId: string;
let headers: { authorization: string };
/** Replies of `/slow.mp3`, which the test lets go on. */
const held: ServerResponse[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'antenne-archive-'));
  await promisify(execFile)('ffmpeg', [
    ...['-nostdin', '-loglevel', 'error', '-f', 'lavfi', '-i', `sine=440:duration=${SECONDS}`],
    ...['-ac', '1', '-b:a', '64k', path.join(folder, 'speech.mp3')],
  ]);
  media = createServer((request, reply) => serve(request.url ?? '/', reply)).listen(0, '127.0.0.1');
  await new Promise((resolve) => media.once('listening', resolve));
  address = `http://127.0.0.1:${(media.address() as AddressInfo).port}`;
  app = await buildTestApp({ clock, withJobs: true });
  const organisation = await createOrganisation(app, { isDefault: true });
  organisationId = organisation.id;
  headers = (await createSignedIn(app, { organisation })).session.headers;
});

afterAll(async () => {
  for (const reply of held) reply.destroy();
  await app.end();
  media.closeAllConnections();
  media.close();
  await rm(folder, { recursive: true, force: true });
});

async function serve(url: string, reply: ServerResponse): Promise<void> {
  const file = path.join(folder, 'speech.mp3');
  if (url.startsWith('/missing')) reply.writeHead(404).end();
  else if (url.startsWith('/slow')) {
    reply.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': (await stat(file)).size });
    reply.flushHeaders();
    held.push(reply);
  } else createReadStream(file).pipe(reply.writeHead(200, { 'content-type': 'audio/mpeg' }));
}

async function call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
  const reply = await app.app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  return { status: reply.statusCode, body: reply.body === '' ? null : reply.json() };
}

const add = (sourcePath: string, more: object = {}) =>
  call('POST', '/api/debats', {
    title: 'Séance',
    date: '2026-03-04',
    source_url: address + sourcePath,
    ...more,
  });

/** Waits for a débat to be in a state; the work is done by real ffmpeg in this process's queue. */
async function untilStatus(id: string, status: string) {
  return vi.waitFor(
    async () => {
      const { body } = await call('GET', `/api/debats/${id}`);
      expect(body.status).toBe(status);
      return body;
    },
    { timeout: 25_000, interval: 50 },
  );
}

async function extracted(sourcePath: string, more: object = {}) {
  const { body } = await add(sourcePath, more);
  expect((await call('POST', `/api/debats/${body.id}/extract`)).status).toBe(202);
  return untilStatus(body.id, 'disponible');
}

describe('an extraction', () => {
  test('goes from a source address to sound that plays', async () => {
    const { body: made } = await add('/whole');
    const none = await call('GET', `/api/debats/${made.id}/extract`);
    expect([none.status, none.body.type]).toEqual([404, 'urn:antenne:problem:archive.no-extraction']);
    expect((await call('GET', `/api/debats/${made.id}/streaming`)).body).toMatchObject({
      audio_available: false,
      stream_url: null,
      extraction_status: null,
      message: 'The sound has not been extracted yet.',
    });

    const wish = { priority: 'high', format: 'mp3', quality: '96k' };
    const started = await call('POST', `/api/debats/${made.id}/extract`, wish);
    expect(started.status).toBe(202);
    expect(started.body).toMatchObject({ debate_id: made.id, estimated_duration: null, error: null });
    expect(['pending', 'extracting']).toContain(started.body.status);

    const debat = await untilStatus(made.id, 'disponible');
    expect(debat).toMatchObject({
      has_audio: true,
      duration_minutes: 1,
      display_duration: '1min',
      recording_id: started.body.extraction_id,
    });
    const [file] = debat.audio_files;
    expect(file).toMatchObject({
      debate_id: made.id,
      format: 'mp3',
      quality: '96k',
      duration_seconds: SECONDS,
      duration_formatted: '00:01:05',
      extraction_status: 'completed',
      is_ready: true,
      is_extracting: false,
      has_error: false,
    });
    expect(file.file_size_mb).toBeCloseTo(file.file_size / 1_048_576, 2);
    const state = await call('GET', `/api/debats/${made.id}/extract`);
    expect(state.body).toMatchObject({ status: 'completed', progress: 100, audio_file: { id: file.id } });
    const again = await call('POST', `/api/debats/${made.id}/extract`, wish);
    expect([again.status, again.body.type]).toEqual([409, 'urn:antenne:problem:archive.already-available']);
  });

  test('in another format is made beside the first', async () => {
    const { id } = await extracted('/formats');
    expect((await call('POST', `/api/debats/${id}/extract`, { format: 'opus', quality: '64k' })).status).toBe(
      202,
    );
    await vi.waitFor(
      async () => {
        const { body } = await call('GET', `/api/debats/${id}`);
        const made = body.audio_files.find((file: { format: string }) => file.format === 'opus');
        expect(made).toMatchObject({ quality: '64k', is_ready: true });
      },
      { timeout: 20_000, interval: 50 },
    );
  });

  test('that is under way goes on when asked for again', async () => {
    const { body } = await add('/slow-twice');
    const first = await call('POST', `/api/debats/${body.id}/extract`);
    const second = await call('POST', `/api/debats/${body.id}/extract`);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body.extraction_id).toBe(first.body.extraction_id);
    await call('DELETE', `/api/debats/${body.id}/extract`);
  });

  test('asked for many times at once is one', async () => {
    const { body } = await add('/slow-at-once');
    const asked = Array.from({ length: 5 }, () => call('POST', `/api/debats/${body.id}/extract`));
    const replies = await Promise.all(asked);
    expect(replies.map((reply) => reply.status)).toEqual([202, 202, 202, 202, 202]);
    expect(new Set(replies.map((reply) => reply.body.extraction_id)).size).toBe(1);
    await call('DELETE', `/api/debats/${body.id}/extract`);
  });

  test('can be called off, and started again', async () => {
    const { body } = await add('/slow-cancelled');
    await call('POST', `/api/debats/${body.id}/extract`);
    expect((await call('GET', `/api/debats/${body.id}`)).body.status).toBe('extraction');
    const cancelled = await call('DELETE', `/api/debats/${body.id}/extract`);
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'error']);
    expect((await call('GET', `/api/debats/${body.id}`)).body).toMatchObject({
      status: 'termine',
      has_audio: false,
    });
    expect((await call('DELETE', `/api/debats/${body.id}/extract`)).status).toBe(409);
    const again = await call('POST', `/api/debats/${body.id}/extract`);
    expect(['pending', 'extracting']).toContain(again.body.status);
    expect((await call('GET', `/api/debats/${body.id}`)).body.status).toBe('extraction');
    await call('DELETE', `/api/debats/${body.id}/extract`);
  });

  test('that fails says so, and is tried again from a corrected address', async () => {
    const { body } = await add('/missing');
    await call('POST', `/api/debats/${body.id}/extract`);
    await untilStatus(body.id, 'erreur');
    const failed = await call('GET', `/api/debats/${body.id}/extract`);
    expect(failed.body.status).toBe('error');
    expect(failed.body.message).toContain('could not be extracted');
    expect(failed.body.error).toContain('404');
    const streaming = await call('GET', `/api/debats/${body.id}/streaming`);
    expect(streaming.body).toMatchObject({ audio_available: false, extraction_status: 'error' });

    await call('PUT', `/api/debats/${body.id}`, { source_url: `${address}/corrected` });
    const retried = await call('POST', `/api/debats/${body.id}/extract`);
    expect([retried.status, retried.body.extraction_id === failed.body.extraction_id]).toEqual([202, false]);
    await untilStatus(body.id, 'disponible');
    expect((await call('GET', `/api/recordings/${failed.body.extraction_id}`)).status).toBe(404);
  });

  test('needs a source address', async () => {
    const id = await createDebat(app, organisationId);
    const { status, body } = await call('POST', `/api/debats/${id}/extract`);
    expect([status, body.type]).toEqual([422, 'urn:antenne:problem:archive.no-source']);
  });

  test('of a forbidden address is refused, and the débat stays as it was', async () => {
    const { body } = await call('POST', '/api/debats', {
      title: 'Interne',
      source_url: 'http://10.1.2.3/a.mp3',
    });
    expect((await call('POST', `/api/debats/${body.id}/extract`)).status).toBe(422);
    expect((await call('GET', `/api/debats/${body.id}`)).body).toEqual(body);
  });

  test.each([{ priority: 'now' }, { format: 'wma' }, { quality: '999k' }, { format: 3 }])(
    'with %j is refused',
    async (wish) => {
      const { body } = await add(
        `/refused-${JSON.stringify(wish).length}-${Object.keys(wish)}-${Object.values(wish)}`,
      );
      expect((await call('POST', `/api/debats/${body.id}/extract`, wish)).status).toBe(422);
    },
  );

  test('takes over a recording that was imported from the same address before', async () => {
    const imported = await call('POST', '/api/recordings/import', { url: `${address}/before` });
    const { body } = await add('/before');
    const { body: extraction } = await call('POST', `/api/debats/${body.id}/extract`);
    expect(extraction.extraction_id).toBe(imported.body.recording_id);
    await untilStatus(body.id, 'disponible');
    await call('DELETE', `/api/debats/${body.id}`);
    expect((await call('GET', `/api/recordings/${imported.body.recording_id}`)).status).toBe(200);
  });
});

describe('a recording', () => {
  test('gives its sound to a débat, follows its visibility, and is kept from removal', async () => {
    const { recording_id: recordingId } = await extracted('/attached');
    const made = await call('POST', '/api/debats', {
      title: 'Jointe',
      visibility: 'unlisted',
      recording_id: recordingId,
    });
    expect(made.body).toMatchObject({ has_audio: true, status: 'disponible', duration_minutes: 1 });
    expect((await call('GET', `/api/recordings/${recordingId}`)).body.visibility).toBe('unlisted');
    await call('PUT', `/api/debats/${made.body.id}`, { visibility: 'private' });
    expect((await call('GET', `/api/recordings/${recordingId}`)).body.visibility).toBe('private');
    expect((await call('DELETE', `/api/recordings/${recordingId}`)).status).toBe(409);

    const bare = await call('PUT', `/api/debats/${made.body.id}`, { recording_id: null });
    expect(bare.body).toMatchObject({
      has_audio: false,
      recording_id: null,
      status: 'termine',
      audio_files: [],
    });
  });

  test('that its débat made goes with it, unless another débat uses it', async () => {
    const first = await extracted('/owned');
    const second = await call('POST', '/api/debats', { title: 'Aussi', recording_id: first.recording_id });
    await call('DELETE', `/api/debats/${first.id}`);
    expect((await call('GET', `/api/debats/${second.body.id}`)).body.has_audio).toBe(true);
    const alone = await extracted('/alone');
    expect((await call('DELETE', `/api/debats/${alone.id}`)).status).toBe(204);
    expect((await call('GET', `/api/recordings/${alone.recording_id}`)).status).toBe(404);
  });

  test('news of it that come twice or late undo nothing', async () => {
    const { id, recording_id: recordingId } = await extracted('/settled');
    await call('PUT', `/api/debats/${id}`, { status: 'termine' });
    const { kernel, composition } = app;
    const parts = { ...kernel, media: composition.media, totals: { get: async () => 0, forget: () => {} } };
    await settleSound(parts, organisationId, recordingId);
    expect((await call('GET', `/api/debats/${id}`)).body).toMatchObject({
      status: 'termine',
      has_audio: true,
    });
  });

  test('of another organisation cannot be taken', async () => {
    const { recording_id: recordingId } = await extracted('/theirs');
    const { session } = await createSignedIn(app);
    const payload = { title: 'Vol', recording_id: recordingId };
    const reply = await app.app.inject({
      method: 'POST',
      url: '/api/debats',
      headers: session.headers,
      payload,
    });
    expect([reply.statusCode, reply.json().errors[0].field]).toEqual([422, 'recording_id']);
  });
});

describe('the bytes', () => {
  let id: string;
  let streamUrl: string;
  let downloadUrl: string;
  const get = (url: string, more: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    app.app.inject({ method, url, headers: more });

  beforeAll(async () => {
    const debat = await extracted('/bytes', { title: 'Où va l’eau ?', visibility: 'private' });
    id = debat.id;
    const { body } = await call('GET', `/api/debats/${id}/streaming`);
    expect(body).toMatchObject({
      audio_available: true,
      extraction_status: 'completed',
      hls_url: expect.stringMatching(/^\/hls\/[0-9a-f-]{36}\/master\.m3u8\?expires=\d+&sig=[0-9a-f]{64}$/),
      format: 'mp3',
    });
    expect(body.renditions.length).toBeGreaterThanOrEqual(2);
    streamUrl = body.stream_url;
    downloadUrl = body.download_url;
  });

  test('play in ranges through the signed address, without a token', async () => {
    const whole = await get(streamUrl);
    expect([whole.statusCode, whole.headers['content-type']]).toEqual([200, 'audio/mpeg']);
    expect(whole.headers['accept-ranges']).toBe('bytes');
    const part = await get(streamUrl, { range: 'bytes=1000-1999' });
    expect([part.statusCode, part.headers['content-range']]).toEqual([
      206,
      `bytes 1000-1999/${whole.rawPayload.length}`,
    ]);
    expect(part.rawPayload.equals(whole.rawPayload.subarray(1000, 2000))).toBe(true);
    const beyond = await get(streamUrl, { range: `bytes=${whole.rawPayload.length}-` });
    expect(beyond.statusCode).toBe(416);
    const head = await get(streamUrl, {}, 'HEAD');
    expect([head.statusCode, head.headers['content-length'], head.rawPayload.length]).toEqual([
      200,
      String(whole.rawPayload.length),
      0,
    ]);
    const known = await get(streamUrl, { 'if-none-match': String(whole.headers.etag) });
    expect(known.statusCode).toBe(304);
  });

  test('play for whoever may read the débat, and for nobody else', async () => {
    expect((await get(`/api/debats/${id}/audio`, headers)).statusCode).toBe(200);
    expect((await get(`/api/debats/${id}/audio`)).statusCode).toBe(404);
    await call('PUT', `/api/debats/${id}`, { visibility: 'public' });
    expect((await get(`/api/debats/${id}/audio`)).statusCode).toBe(200);
    await call('PUT', `/api/debats/${id}`, { visibility: 'private' });
  });

  test('are refused to a signature that is wrong, late, halved or of another recording', async () => {
    const wrong = streamUrl.replace(/sig=(.)/, (_all, digit) => `sig=${digit === '0' ? '1' : '0'}`);
    expect((await get(wrong)).statusCode).toBe(403);
    expect((await get(streamUrl.replace(/&sig=.*/, ''))).statusCode).toBe(400);
    const other = await createDebat(app, organisationId, { visibility: 'private' });
    expect((await get(streamUrl.replace(id, other))).statusCode).toBe(404);
    const { body } = await call('GET', `/api/debats/${id}/streaming`);
    clock.advance(14 * 3600_000);
    expect((await get(body.stream_url)).statusCode).toBe(403);
    clock.advance(-14 * 3600_000);
  });

  test('play by HLS from a signed master, without a token', async () => {
    const { body } = await call('GET', `/api/debats/${id}/streaming`);
    const master = await get(body.hls_url);
    expect([master.statusCode, master.headers['content-type']]).toEqual([
      200,
      'application/vnd.apple.mpegurl',
    ]);
    const [child = ''] = master.body.split('\n').filter((line) => /^\w+\/playlist/.test(line));
    expect(
      (await get(new URL(child, `http://x${body.hls_url}`).href.slice('http://x'.length))).statusCode,
    ).toBe(200);
  });

  test('download under a name made of date and title', async () => {
    const { statusCode, headers: got } = await get(downloadUrl);
    expect(statusCode).toBe(200);
    expect(got['content-disposition']).toContain('attachment');
    expect(decodeURIComponent(String(got['content-disposition']))).toContain('2026-03-04 Où va l’eau.mp3');
  });

  test('of a format that is not there: 404 with what there is', async () => {
    const reply = await get(`/api/debats/${id}/audio?format=flac`, headers);
    expect([reply.statusCode, reply.json().detail.includes('mp3')]).toEqual([404, true]);
    expect((await get(`/api/debats/${id}/audio?format=wma`, headers)).statusCode).toBe(422);
  });

  test('of a débat without sound: 404 with the reason', async () => {
    const silent = await createDebat(app, organisationId);
    const reply = await get(`/api/debats/${silent}/audio`);
    expect([reply.statusCode, reply.json().type]).toEqual([404, 'urn:antenne:problem:archive.no-audio']);
  });

  test('are counted once per visitor and day, whatever is reloaded', async () => {
    const { id: counted, recording_id: recordingId } = await extracted('/counted');
    const visit = async (agent: string) => {
      await get(`/api/debats/${counted}/streaming`, { 'user-agent': agent });
      await get(`/api/debats/${counted}/audio?format=mp3`, { 'user-agent': agent, range: 'bytes=0-' });
      await get(`/api/debats/${counted}/audio?format=mp3`, { 'user-agent': agent, range: 'bytes=5000-' });
      await get(`/api/debats/${counted}/download?format=mp3`, { 'user-agent': agent });
      await get(`/api/debats/${counted}/download?format=mp3`, { 'user-agent': agent }, 'HEAD');
    };
    for (const agent of ['a', 'a', 'b']) await visit(agent);
    await app.composition.archive.flushVisits();
    await visit('a');
    clock.advance(24 * 3600_000);
    await visit('b');
    await app.composition.archive.flushVisits();
    // Without the token, which a day has made too old.
    const body = (await get(`/api/debats/${counted}`)).json();
    expect(body).toMatchObject({ recording_id: recordingId, view_count: 3, download_count: 3 });
    const file = body.audio_files.find((each: { format: string }) => each.format === 'mp3');
    expect(file).toMatchObject({ stream_count: 3, download_count: 3 });
  });
});
