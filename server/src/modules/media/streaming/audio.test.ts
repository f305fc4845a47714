import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp, testClock } from '../../../../test/harness/app.ts';
import { createOrganisation, createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import {
  createReadyRecording,
  runJob,
  sampleSound,
  storedFiles,
} from '../../../../test/harness/factories/media.ts';

const clock = testClock();
const HOST = 'radio-here.test';
let here: TestApp;
let organisationId: string;
let member: Record<string, string>;
let stranger: Record<string, string>;
let privateId: string;
let publicId: string;

beforeAll(async () => {
  here = await buildTestApp({ clock });
  const organisation = await createOrganisation(here, { hostnames: [HOST] });
  organisationId = organisation.id;
  member = (await createSignedIn(here, { organisation, role: 'member' })).session.headers;
  stranger = (await createSignedIn(here, { role: 'administrator' })).session.headers;
  privateId = await createReadyRecording(here, organisationId, { title: 'Séance: n° 3/4' });
  publicId = await createReadyRecording(here, organisationId, {
    title: 'Public',
    visibility: 'public',
    bytes: await sampleSound('tone.m4a', 3),
    filename: 'tone.m4a',
  });
});
afterAll(() => here.end());

const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  here.app.inject({ method, url, headers: { host: HOST, ...headers } });
const audio = (id: string, query = '') => `/api/recordings/${id}/audio${query}`;
const sign = async (id: string, payload: object = {}) => {
  const reply = await here.app.inject({
    method: 'POST',
    url: `/api/recordings/${id}/sign`,
    payload,
    headers: member,
  });
  return reply.json();
};

describe('the sound', () => {
  test('comes whole, by ranges, and as a head, with one strong tag', async () => {
    const whole = await get(audio(privateId), member);
    expect(whole.statusCode).toBe(200);
    expect(whole.headers).toMatchObject({ 'content-type': 'audio/mpeg', 'accept-ranges': 'bytes' });
    expect(whole.headers['cache-control']).toMatch(/^private/);
    expect(whole.headers.etag).toMatch(/^"[0-9a-f]{32}"$/);
    const size = whole.rawPayload.length;
    expect(Number(whole.headers['content-length'])).toBe(size);
    const part = await get(audio(privateId), { ...member, range: 'bytes=100-199' });
    expect(part.statusCode).toBe(206);
    expect(part.headers['content-range']).toBe(`bytes 100-199/${size}`);
    expect(part.rawPayload).toEqual(whole.rawPayload.subarray(100, 200));
    const head = await get(audio(privateId), member, 'HEAD');
    expect([head.statusCode, head.rawPayload.length]).toEqual([200, 0]);
    expect(head.headers).toMatchObject({ etag: whole.headers.etag, 'content-length': String(size) });
    const beyond = await get(audio(privateId), { ...member, range: `bytes=${size}-` });
    expect([beyond.statusCode, beyond.headers['content-range']]).toEqual([416, `bytes */${size}`]);
    expect(beyond.json()).toMatchObject({ type: 'urn:antenne:problem:range-not-satisfiable', status: 416 });
    const known = await get(audio(privateId), { ...member, 'if-none-match': String(whole.headers.etag) });
    expect([known.statusCode, known.rawPayload.length]).toEqual([304, 0]);
    const stale = await get(audio(privateId), { ...member, range: 'bytes=0-9', 'if-range': '"another"' });
    expect(stale.statusCode).toBe(200);
  });

  test('is what was asked for, or a 404 that names what there is', async () => {
    const aac = await get(audio(privateId, '?format=aac'), member);
    expect(aac.headers['content-type']).toBe('audio/mp4');
    expect(aac.rawPayload.subarray(4, 8).toString()).toBe('ftyp');
    const none = await get(audio(privateId, '?format=flac'), member);
    expect([none.statusCode, none.json().type]).toEqual([
      404,
      'urn:antenne:problem:media.rendition-not-found',
    ]);
    expect(none.json().detail).toContain('mp3 192k, aac 128k');
    expect((await get(audio(privateId, '?format=exe'), member)).statusCode).toBe(422);
  });

  test('of a public recording is anyone’s on the host of its organisation', async () => {
    const reply = await get(audio(publicId));
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['cache-control']).toMatch(/^public/);
    expect((await get(audio(publicId), { host: 'elsewhere.test' })).statusCode).toBe(404);
  });

  test('of an unlisted one is heard by its exact id and listed nowhere', async () => {
    const id = await createReadyRecording(here, organisationId, { visibility: 'unlisted' });
    expect((await get(audio(id))).statusCode).toBe(200);
    const list = (await get('/api/recordings')).json();
    expect(list.recordings.map((one: { id: string }) => one.id)).toEqual([publicId]);
  });

  test('of a private one is hidden from everybody else, whatever they send', async () => {
    for (const headers of [{}, stranger]) {
      for (const path of ['', '/audio', '/download', '/waveform', '/waveform.dat']) {
        expect((await get(`/api/recordings/${privateId}${path}`, headers)).statusCode).toBe(404);
      }
    }
    expect((await get(audio('not-an-id'), member)).statusCode).toBe(404);
    expect((await get(audio('..%2f..%2fsecret'), member)).statusCode).toBe(404);
  });

  test('downloads under a name made of the title', async () => {
    const reply = await get(`/api/recordings/${privateId}/download`, member);
    const disposition = String(reply.headers['content-disposition']);
    expect(disposition).toMatch(/^attachment; /);
    expect(disposition).toContain("filename*=UTF-8''S%C3%A9ance-%20n%C2%B0%203-4.mp3");
  });

  test('leaves through nginx when it may', async () => {
    const beside = await buildTestApp({ beside: here, env: { X_ACCEL_PREFIX: '/protected/' } });
    try {
      const reply = await beside.app.inject({ url: audio(publicId), headers: { host: HOST } });
      expect(reply.headers['x-accel-redirect']).toMatch(
        /^\/protected\/storage\/files\/recordings\/[\w./-]+192k\.mp3$/,
      );
      expect(reply.rawPayload).toHaveLength(0);
    } finally {
      await beside.end();
    }
  });

  test('whose file has gone is a 404, not a broken reply', async () => {
    const id = await createReadyRecording(here, organisationId, { visibility: 'public' });
    for (const file of await storedFiles(here)) if (file.includes(id)) await rm(file);
    for (const path of ['/audio', '/waveform', '/waveform.dat']) {
      expect((await get(`/api/recordings/${id}${path}`)).statusCode).toBe(404);
    }
  });
});

describe('a signed address', () => {
  test('opens without a token, on any host, until a minute after its time', async () => {
    const { url, expires } = await sign(privateId, { expires_in_seconds: 100, format: 'aac' });
    expect(url).toMatch(/^\/api\/recordings\/.*format=aac/);
    const reply = await get(url, { host: 'elsewhere.test' });
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'audio/mp4']);
    expect((await get(url.replace('/api/', '/api/v1/'))).statusCode).toBe(200);
    clock.advance((expires - clock.now() / 1000 + 59) * 1000);
    expect((await get(url)).statusCode).toBe(200);
    clock.advance(3_000);
    const late = await get(url);
    expect([late.statusCode, late.json().type]).toEqual([403, 'urn:antenne:problem:media.signature-refused']);
  });

  test('tampered with, cut in half or borrowed opens nothing', async () => {
    const { url } = await sign(privateId);
    const { searchParams } = new URL(url, 'http://x');
    const expires = Number(searchParams.get('expires'));
    const sig = searchParams.get('sig') ?? '';
    const flipped = sig.startsWith('a') ? `b${sig.slice(1)}` : `a${sig.slice(1)}`;
    const other = await createReadyRecording(here, organisationId);
    const cases: [string, number][] = [
      [audio(privateId, `?expires=${expires}&sig=${flipped}`), 403],
      [audio(privateId, `?expires=${expires + 1}&sig=${sig}`), 403],
      [audio(privateId, `?expires=1e12&sig=${sig}`), 403],
      [audio(privateId, `?expires=${expires}&sig=`), 403],
      [audio(privateId, `?expires=${expires}&sig=zz`), 403],
      [audio(other, `?expires=${expires}&sig=${sig}`), 403],
      [audio('01941f29-7c00-7aaa-8aaa-0123456789ab', `?expires=${expires}&sig=${sig}`), 403],
      [audio(privateId, `?expires=${expires}`), 400],
      [audio(privateId, `?sig=${sig}`), 400],
      [audio(privateId, `?sig=${sig}&sig=${sig}&expires=${expires}`), 422],
      [audio(privateId, `?expires=${expires}&sig=${'f'.repeat(5_000)}`), 422],
    ];
    for (const [address, status] of cases)
      expect([address, (await get(address)).statusCode]).toEqual([address, status]);
  });

  test('that is wrong takes nothing from who may read anyway', async () => {
    expect((await get(audio(privateId, '?expires=1&sig=00'), member)).statusCode).toBe(200);
  });

  test('is made for those who may hear it, and for a week at most', async () => {
    const asked = (id: string, headers: Record<string, string>, payload: object) =>
      here.app.inject({ method: 'POST', url: `/api/recordings/${id}/sign`, payload, headers });
    expect((await asked(privateId, stranger, {})).statusCode).toBe(404);
    expect((await asked(privateId, {}, {})).statusCode).toBe(401);
    expect((await asked(privateId, member, { expires_in_seconds: 604_801 })).statusCode).toBe(422);
    expect((await asked(privateId, member, { path: '../../etc' })).statusCode).toBe(422);
  });
});

describe('the waveform', () => {
  test('has as many points as asked for, and a tag for each resolution', async () => {
    const reply = await get(`/api/recordings/${privateId}/waveform?resolution=100`, member);
    const body = reply.json();
    expect([body.peaks.length, body.rms.length]).toEqual([200, 100]);
    expect(Math.abs(body.duration_ms - 2_000)).toBeLessThan(20);
    expect(Math.max(...body.peaks)).toBeGreaterThan(0.05);
    const again = await get(`/api/recordings/${privateId}/waveform?resolution=100`, {
      ...member,
      'if-none-match': String(reply.headers.etag),
    });
    expect(again.statusCode).toBe(304);
    const finer = await get(`/api/recordings/${privateId}/waveform?resolution=20000`, member);
    expect(finer.json().rms.length).toBe(200);
    expect(finer.headers.etag).not.toBe(reply.headers.etag);
  });

  test.each(['9', '20001', '1e9', '-5', 'NaN', '10.5'])('of resolution %s is refused', async (resolution) => {
    expect(
      (await get(`/api/recordings/${privateId}/waveform?resolution=${resolution}`, member)).statusCode,
    ).toBe(422);
  });

  test('is an audiowaveform file too, and opens by signature', async () => {
    const { url } = await sign(privateId, { path: 'waveform.dat' });
    const { rawPayload } = await get(url, { host: 'elsewhere.test' });
    expect(rawPayload.readInt32LE(0)).toBe(2);
    expect(rawPayload.readUInt32LE(16)).toBe(200);
  });
});

describe('before it is ready', () => {
  test('nothing is heard or seen: 409 that says when to ask again, or why never', async () => {
    const { recordingId } = await here.kernel.db.transaction((tx) =>
      here.composition.media.requestExtraction(tx, {
        organisationId,
        sourceUrl: 'http://127.0.0.1:1/none.mp3',
        createdBy: null,
      }),
    );
    for (const path of ['/audio', '/download', '/waveform', '/waveform.dat']) {
      const reply = await get(`/api/recordings/${recordingId}${path}`, member);
      expect([reply.statusCode, reply.json().recording_status]).toEqual([409, 'queued']);
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    }
    await here.kernel.db.transaction((tx) =>
      here.composition.media.cancelExtraction(tx, organisationId, recordingId),
    );
    const failed = await get(audio(recordingId), member);
    expect([failed.statusCode, failed.headers['retry-after']]).toEqual([409, undefined]);
    expect(failed.json().detail).toContain('cancelled');
  });
});

describe('a rendition on demand', () => {
  const ask = async (payload: object) => {
    const { session } = await createSignedIn(here, {
      role: 'technician',
      organisation: await here.composition.accounts.organisationOf(organisationId).then((found) => {
        if (!found) throw new Error('the organisation is gone');
        return found;
      }),
    });
    return here.app.inject({
      method: 'POST',
      url: `/api/recordings/${privateId}/renditions`,
      payload,
      headers: session.headers,
    });
  };
  const idOf = async (quality: string) => {
    const { rows } = await here.kernel.db.pool.query(
      'select id from renditions where recording_id = $1 and quality = $2',
      [privateId, quality],
    );
    return rows[0].id as string;
  };

  test('is made once for all who ask', async () => {
    const wish = { format: 'mp3', quality: '64k' };
    const replies = await Promise.all([ask(wish), ask(wish), ask(wish)]);
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202]);
    const renditionId = await idOf('64k');
    const { rows } = await here.kernel.db.pool.query(
      `select 1 from pgboss.job where name = 'media.make-rendition' and data->>'renditionId' = $1`,
      [renditionId],
    );
    expect(rows).toHaveLength(1);
    const payload = { organisationId, renditionId };
    await Promise.all([
      runJob(here, 'media.make-rendition', payload),
      runJob(here, 'media.make-rendition', payload),
    ]);
    await runJob(here, 'media.make-rendition', payload);
    const done = await ask(wish);
    expect([done.statusCode, done.json().status]).toEqual([200, 'completed']);
    const reply = await get(done.json().url, member);
    expect(reply.statusCode).toBe(200);
    expect(reply.rawPayload.length).toBe(done.json().file_size);
    expect((await storedFiles(here)).filter((file) => file.includes(privateId))).toHaveLength(7);
  });

  test('goes back when the worker stops, and is made by the next run', async () => {
    await ask({ format: 'opus', quality: '96k' });
    const payload = { organisationId, renditionId: await idOf('96k') };
    const stopped = runJob(here, 'media.make-rendition', payload, {
      signal: AbortSignal.abort(new Error('stopping')),
    });
    await expect(stopped).rejects.toThrow();
    await runJob(here, 'media.make-rendition', payload);
    expect((await get(audio(privateId, '?format=opus&quality=96k'), member)).statusCode).toBe(200);
  });

  test.each([
    { format: 'mp3', quality: '191k' },
    { format: 'wav', quality: '64k' },
  ])('of %j is refused with what can be had', async (wish) => {
    const reply = await ask(wish);
    expect([reply.statusCode, reply.json().type]).toEqual([422, 'urn:antenne:problem:media.wish-refused']);
  });
});
