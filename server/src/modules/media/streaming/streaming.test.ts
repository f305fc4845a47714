import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp, testClock } from '../../../../test/harness/app.ts';
import { createOrganisation, createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { createDebat } from '../../../../test/harness/factories/archive.ts';
import { createReadyRecording, runJob } from '../../../../test/harness/factories/media.ts';

const clock = testClock();
let here: TestApp;
let second: TestApp;
let organisationId: string;
let headers: Record<string, string>;
let stranger: Record<string, string>;
let open: string;
let hidden: string;
let theirs: string;

beforeAll(async () => {
  here = await buildTestApp({ clock });
  second = await buildTestApp({ beside: here });
  const organisation = await createOrganisation(here, { isDefault: true });
  const other = await createOrganisation(here);
  organisationId = organisation.id;
  headers = (await createSignedIn(here, { organisation, role: 'technician' })).session.headers;
  stranger = (await createSignedIn(here, { organisation: other, role: 'administrator' })).session.headers;
  open = await createReadyRecording(here, organisationId, { visibility: 'public' });
  hidden = await createReadyRecording(here, organisationId);
  theirs = await createReadyRecording(here, other.id);
});
afterAll(async () => {
  await second.end();
  await here.end();
});

const get = (url: string, with_: Record<string, string> = {}) => here.app.inject({ url, headers: with_ });
const post = (url: string, payload: object, with_: Record<string, string> = {}, app = here) =>
  app.app.inject({ method: 'POST', url, payload, headers: with_ });

describe('a quality that is left to the line', () => {
  const auto = (hints: Record<string, string>, query = 'quality=auto') =>
    get(`/api/recordings/${open}/audio?${query}`, hints);

  test.each([
    [{}, 'audio/mpeg'],
    [{ 'save-data': 'on' }, 'audio/mp4'],
    [{ downlink: '0.2' }, 'audio/mp4'],
    [{ downlink: '5', ect: '4g' }, 'audio/mpeg'],
    [{ ect: '3g' }, 'audio/mp4'],
    [{ rtt: '2000' }, 'audio/mp4'],
    [{ downlink: 'x', rtt: '-1', ect: '' }, 'audio/mpeg'],
  ])('%j gets %s', async (hints, type) => {
    const reply = await auto(hints);
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, type]);
    for (const name of ['save-data', 'downlink', 'ect', 'rtt']) expect(reply.headers.vary).toContain(name);
    expect(reply.headers['cache-control']).toMatch(/^public/);
    const exact = await get(String(reply.headers['content-location']));
    expect([exact.headers.etag, exact.headers.vary ?? '']).toEqual([
      reply.headers.etag,
      expect.not.stringContaining('downlink'),
    ]);
  });

  test('stays on the file that was begun, whatever the line becomes', async () => {
    const first = await auto({ downlink: '5', range: 'bytes=0-99' });
    const etag = String(first.headers.etag);
    const slow = { downlink: '0.1', 'save-data': 'on', range: 'bytes=100-199' };
    const goesOn = await auto({ ...slow, 'if-range': etag });
    expect([goesOn.statusCode, goesOn.headers.etag, goesOn.headers['content-range']]).toEqual([
      206,
      etag,
      String(first.headers['content-range']).replace('0-99', '100-199'),
    ]);
    expect((await auto({ ...slow, 'if-match': `"x", ${etag}` })).headers.etag).toBe(etag);
    // A tag of another file, or a weak one, holds nothing: the whole of what suits now.
    for (const tag of ['"another"', `W/${etag}`]) {
      const anew = await auto({ ...slow, 'if-range': tag });
      expect([anew.statusCode, anew.headers['content-type']]).toEqual([200, 'audio/mp4']);
    }
  });

  test('is for débats too, and words stand for rates', async () => {
    const debat = await createDebat(here, organisationId, { recording_id: open, has_audio: true });
    const reply = await get(`/api/debats/${debat}/audio?quality=auto`, { 'save-data': 'on' });
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'audio/mp4']);
    expect(reply.headers['content-location']).toBe(`/api/debats/${debat}/audio?quality=128k&format=aac`);
    expect((await auto({}, 'quality=medium')).headers['content-type']).toBe('audio/mpeg');
    expect((await auto({}, 'quality=low')).headers['content-type']).toBe('audio/mp4');
    expect((await auto({}, 'quality=low&format=mp3')).headers['content-type']).toBe('audio/mpeg');
    expect((await auto({}, 'quality=best')).statusCode).toBe(404);
  });
});

describe('a streaming session', () => {
  const session = (track: string, capabilities: object = {}, who = {}, app = here) =>
    post('/api/streaming/session', { track_id: track, client_capabilities: capabilities }, who, app);

  test.each([
    [{}, 'medium'],
    [{ estimated_bandwidth_kbps: 5000, buffer_duration_ms: 30_000 }, 'medium'],
    [{ estimated_bandwidth_kbps: 200 }, 'low'],
    [{ estimated_bandwidth_kbps: 500, buffer_duration_ms: 1000 }, 'low'],
    [{ connection_type: 'cellular', device_type: 'mobile' }, 'low'],
    [{ connection_type: '4g', estimated_bandwidth_kbps: 2000, device_type: 'mobile' }, 'medium'],
  ])('of a player that says %j begins in %s', async (capabilities, quality) => {
    const reply = await session(open, capabilities);
    expect(reply.statusCode).toBe(201);
    expect(reply.json().initial_profile).toMatchObject({ quality_id: quality });
  });

  test('of open sound has plain addresses, of hidden sound signed ones, and all of them play', async () => {
    const plain = (await session(open)).json();
    expect(plain.hls_url).toBe(`/hls/${open}/master.m3u8`);
    const signed = (await session(hidden, {}, headers)).json();
    expect(signed.profiles).toHaveLength(2);
    for (const { profiles, hls_url, duration_seconds } of [plain, signed]) {
      expect(duration_seconds).toBe(2);
      for (const url of [
        hls_url,
        ...profiles.flatMap((one: { url: string; hls_url: string }) => [one.url, one.hls_url]),
      ]) {
        expect([url, (await get(url)).statusCode]).toEqual([url, 200]);
      }
    }
    expect((await session(hidden, { adaptive_enabled: false }, headers)).json()).toMatchObject({
      adaptive_enabled: false,
      hls_url: null,
    });
  });

  test('of a public débat plays though its recording is private', async () => {
    const debat = await createDebat(here, organisationId, { recording_id: hidden, has_audio: true });
    const { initial_profile: profile } = (await session(debat)).json();
    expect((await get(profile.url)).statusCode).toBe(200);
  });

  test('is known to every process until it ends', async () => {
    const { session_id: id, hls_url } = (await session(hidden, {}, headers)).json();
    const address = `/api/streaming/session/${id}`;
    const again = await second.app.inject({ url: address });
    expect([again.statusCode, again.json().session_id, again.json().hls_url]).toEqual([200, id, hls_url]);
    for (const wrong of [`${id}x`, id.replace('.', 'x.'), 'x', '..', 'x'.repeat(1_900)])
      expect((await get(`/api/streaming/session/${wrong}`)).statusCode).toBe(404);
  });

  test('is opened by who may hear, with what makes sense', async () => {
    for (const [reply, status] of [
      [await session(hidden), 404],
      [await session(theirs, {}, headers), 404],
      [await session(open, {}, stranger), 404],
      [await session('../../etc'), 404],
      [await session(open, { estimated_bandwidth_kbps: '9' }), 422],
      [await session(open, { estimated_bandwidth_kbps: -1 }), 422],
      [await session(open, { connection_type: 'x'.repeat(60) }), 422],
      [await post('/api/streaming/session', {}), 422],
      [await post('/api/streaming/session', { track_id: open, client_capabilities: [] }), 422],
    ] as const) {
      expect(reply.statusCode, reply.body).toBe(status);
    }
  });
});

describe('compression', () => {
  const compress = (payload: object, who = headers) => post('/api/compression/compress', payload, who);
  const job = (id: string, who = headers) => get(`/api/compression/jobs/${id}`, who);

  test('is a rendition by another name, made once', async () => {
    const asked = await compress({ input_file: hidden, target_quality: 'mobile', preserve_metadata: true });
    expect([asked.statusCode, asked.json()]).toEqual([
      202,
      expect.objectContaining({ status: 'queued', format: 'mp3', quality: '96k', download_url: null }),
    ]);
    const { job_id: id, estimated_completion_time: estimated } = asked.json();
    expect(Date.parse(estimated)).toBeGreaterThan(clock.now());
    const twin = await post(
      `/api/recordings/${hidden}/renditions`,
      { format: 'mp3', quality: '96k' },
      headers,
    );
    expect(twin.json().id).toBe(id);
    await runJob(here, 'media.make-rendition', { organisationId, renditionId: id });
    const done = (await job(id)).json();
    expect(done).toMatchObject({ status: 'completed', progress: 100 });
    const file = await get(done.download_url, { host: 'elsewhere.test' });
    expect([file.statusCode, file.rawPayload.length]).toEqual([200, done.file_size]);
    expect(file.headers['content-disposition']).toMatch(/^attachment/);
    const again = await compress({
      input_file: `${hidden}-128k.m4a`,
      target_quality: { bitrate: 96_000, format: 'mp3' },
    });
    expect([again.statusCode, again.json().job_id]).toEqual([200, id]);
  });

  test('waits for the file when it is told to', async () => {
    const asked = compress({ input_file: hidden, target_quality: 'opus:64k', async_processing: false });
    const renditions = `select id from renditions where recording_id = $1 and format = 'opus'`;
    const idOf = async () =>
      (await here.kernel.db.pool.query(renditions, [hidden])).rows[0]?.id as string | undefined;
    await expect.poll(idOf).toBeDefined();
    await runJob(here, 'media.make-rendition', { organisationId, renditionId: await idOf() });
    const reply = await asked;
    expect([reply.statusCode, reply.json().status]).toEqual([200, 'completed']);
  });

  test('of what cannot be done is refused with a sentence', async () => {
    for (const [reply, status] of [
      [await compress({ input_file: hidden, target_quality: 'best' }), 422],
      [await compress({ input_file: hidden, target_quality: '97k' }), 422],
      [await compress({ input_file: hidden, target_quality: { sample_rate: 8000 } }), 422],
      [await compress({ input_file: hidden, target_quality: [] }), 422],
      [await compress({ input_file: hidden }), 422],
      [await compress({ input_file: theirs, target_quality: 'low' }), 404],
      [await compress({ input_file: '../../etc/passwd', target_quality: 'low' }), 404],
      [await compress({ input_file: `${hidden}-320k.mp3`, target_quality: 'low' }), 404],
      [await compress({ input_file: hidden, target_quality: 'low' }, stranger), 404],
      [await job('no-id'), 404],
      [await job(hidden), 404],
    ] as const) {
      expect([reply.statusCode, reply.json().detail]).toEqual([status, expect.stringMatching(/\.$/)]);
    }
    expect((await compress({ input_file: hidden, target_quality: 'low' }, {})).statusCode).toBe(401);
  });
});

// The last one: tokens are late after it.
test('a session that has ended is no more', async () => {
  const opened = await post('/api/streaming/session', { track_id: open });
  const { session_id: id, expires_at: end } = opened.json();
  clock.advance(Date.parse(end) - clock.now() + 1_000);
  expect((await get(`/api/streaming/session/${id}`)).statusCode).toBe(404);
});
