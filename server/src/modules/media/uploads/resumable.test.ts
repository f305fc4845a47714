import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type ClientRequest, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Upload, type UploadOptions } from 'tus-js-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp, testClock } from '../../../../test/harness/app.ts';
import { createOrganisation, createSignedIn, signInAs } from '../../../../test/harness/factories/accounts.ts';
import { sampleSound } from '../../../../test/harness/factories/media.ts';
import { createUnfinishedFiles } from '../../../kernel/storage/unfinished-files.ts';
import type { Organisation } from '../../accounts/organisation.ts';
import type { Person } from '../../accounts/person.ts';
import { sweepFiles } from '../keeping/sweep-files.ts';
import { createMediaContext } from '../media-context.ts';
import { MOST_OF_PERSON } from './resumable.ts';
import { sweepUploads } from './sweep-uploads.ts';

const ORIGIN = 'https://radio.test';
const HOUR_MS = 3_600_000;
const clock = testClock();

let here: TestApp;
let base: string;
let organisation: Organisation;
let person: Person;
let auth: Record<string, string>;
let wav: Buffer;

beforeAll(async () => {
  here = await buildTestApp({ clock, env: { CORS_ORIGINS: ORIGIN, UPLOAD_MAX_GB: '1' } });
  base = await here.listen();
  organisation = await createOrganisation(here, { isDefault: true });
  const signedIn = await createSignedIn(here, { organisation, role: 'producer' });
  person = signedIn.person;
  auth = signedIn.session.headers;
  wav = await sampleSound('tone.wav');
});
afterAll(() => here.end());

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const metadata = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([key, value]) => `${key} ${base64(value)}`)
    .join(',');

interface Asked {
  method: 'HEAD' | 'PATCH' | 'POST' | 'DELETE' | 'OPTIONS';
  url?: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

function ask({ method, url = '/api/uploads', headers = {}, body }: Asked) {
  const all = { 'tus-resumable': '1.0.0', ...auth, ...headers };
  return here.app.inject({ method, url, headers: all, ...(body === undefined ? {} : { payload: body }) });
}

async function begin(sizeBytes = wav.length, headers: Record<string, string> = {}): Promise<string> {
  const reply = await ask({ method: 'POST', headers: { 'upload-length': String(sizeBytes), ...headers } });
  expect(reply.statusCode, reply.body).toBe(201);
  return String(reply.headers.location);
}

const piece = (url: string, offset: number, body: Buffer | string, headers: Record<string, string> = {}) =>
  ask({
    method: 'PATCH',
    url,
    body,
    headers: {
      'content-type': 'application/offset+octet-stream',
      'upload-offset': String(offset),
      ...headers,
    },
  });

const standing = async (url: string) => Number((await ask({ method: 'HEAD', url })).headers['upload-offset']);
const idOf = (url: string) => url.split('/').at(-1) ?? '';
const typeOf = (reply: { json(): { type: string } }) => reply.json().type.split(':').at(-1);
const sql = async <T>(text: string, values: unknown[] = []) =>
  (await here.kernel.db.pool.query(text, values)).rows as T[];
const recordings = async () =>
  Number((await sql<{ count: string }>('select count(*) from recordings'))[0]?.count);
const unfinishedFolder = () => path.join(here.dataDir, 'storage', 'unfinished');
const unfinished = () => readdir(unfinishedFolder()).catch(() => []);

/** The real client, towards any process. */
function tus(bytes: Buffer, options: Partial<UploadOptions>): { upload: Upload; done: Promise<string> } {
  let upload: Upload | undefined;
  const done = new Promise<string>((resolve, reject) => {
    upload = new Upload(bytes, {
      endpoint: `${base}/api/uploads`,
      headers: auth,
      retryDelays: null,
      chunkSize: 60_000,
      onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader('Recording-Id') ?? ''),
      onError: reject,
      ...options,
    });
  });
  if (!upload) throw new Error('no client');
  return { upload, done };
}

describe('a file sent in pieces', () => {
  test('becomes one recording with its bytes, however often its end is told', async () => {
    const url = await begin(wav.length, {
      'upload-metadata': `${metadata({ filename: '../sé\u202eance_du_3.wav', title: '', language: 'fr' })},relativePath`,
    });
    const before = await recordings();
    const first = await piece(url, 0, wav.subarray(0, 100_000));
    expect([first.statusCode, first.headers['upload-offset']]).toEqual([204, '100000']);
    expect(first.headers['recording-id']).toBeUndefined();
    expect(await recordings()).toBe(before);
    const last = await piece(url, 100_000, wav.subarray(100_000));
    expect(last.headers).toMatchObject({
      'tus-resumable': '1.0.0',
      'upload-offset': String(wav.length),
      'recording-id': idOf(url),
      'recording-location': `/api/recordings/${idOf(url)}`,
    });
    const again = await piece(url, wav.length, '');
    expect([again.statusCode, again.headers['recording-id']]).toEqual([204, idOf(url)]);
    expect((await piece(url, 100_000, wav.subarray(100_000))).statusCode).toBe(409);
    const head = await ask({ method: 'HEAD', url });
    expect(head.headers).toMatchObject({
      'upload-offset': String(wav.length),
      'upload-length': String(wav.length),
      'upload-metadata': expect.stringContaining('relativePath'),
      'upload-expires': expect.stringMatching(/GMT$/),
      'recording-id': idOf(url),
      'cache-control': 'no-store',
    });
    expect(await recordings()).toBe(before + 1);
    const { json } = await here.app.inject({ url: `/api/recordings/${idOf(url)}`, headers: auth });
    expect(json()).toMatchObject({
      title: 'séance du 3',
      filename: 'séance_du_3.wav',
      language: 'fr',
      source: 'upload',
      status: 'queued',
      visibility: 'private',
      codec: 'pcm_s16le',
      sha256: createHash('sha256').update(wav).digest('hex'),
    });
    const jobs = await sql(
      "select 1 from pgboss.job where name = 'media.extract-recording' and data->>'recordingId' = $1",
      [idOf(url)],
    );
    expect(jobs).toHaveLength(1);
    expect(await unfinished()).toEqual([]);
  });

  test('may come whole with its announcement, below the alias, and with a key that is honoured', async () => {
    const headers = {
      'upload-length': String(wav.length),
      'content-type': 'application/offset+octet-stream',
      'idempotency-key': 'once-and-for-all',
    };
    const send = () => ask({ method: 'POST', url: '/api/v1/uploads/', headers, body: wav });
    const reply = await send();
    expect(reply.statusCode, reply.body).toBe(201);
    const { id, url, recording_id } = reply.json();
    expect(url).toBe(`/api/v1/uploads/${id}`);
    expect(reply.headers).toMatchObject({
      location: url,
      'recording-id': id,
      'recording-location': `/api/v1/recordings/${id}`,
    });
    expect(recording_id).toBe(id);
    const before = await recordings();
    expect((await send()).json()).toEqual(reply.json());
    expect(await recordings()).toBe(before);
  });

  test('is checked against its checksum, and what does not match is forgotten', async () => {
    const url = await begin();
    const part = wav.subarray(0, 50_000);
    const sum = (bytes: Buffer) => `sha1 ${createHash('sha1').update(bytes).digest('base64')}`;
    expect((await piece(url, 0, part, { 'upload-checksum': sum(part) })).statusCode).toBe(204);
    const wrong = await piece(url, 50_000, wav.subarray(50_000), { 'upload-checksum': sum(part) });
    expect([wrong.statusCode, typeOf(wrong)]).toEqual([460, 'media.checksum-mismatch']);
    expect(await standing(url)).toBe(50_000);
    expect((await piece(url, 50_000, 'x', { 'upload-checksum': 'crc32 AAAA' })).statusCode).toBe(400);
    expect((await piece(url, 50_000, wav.subarray(50_000))).headers['recording-id']).toBe(idOf(url));
  });

  test('goes by POST where no PATCH gets through', async () => {
    const url = await begin();
    const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
    const sent = { method: 'POST', url, body: wav.subarray(0, 10) } as const;
    expect((await ask({ ...sent, headers })).statusCode).toBe(404);
    const reply = await ask({ ...sent, headers: { ...headers, 'x-http-method-override': 'PATCH' } });
    expect([reply.statusCode, reply.headers['upload-offset']]).toEqual([204, '10']);
  });
});

test('browsers of other sites may ask what it can do, and read the answers', async () => {
  const { 'tus-resumable': _, ...headers } = { ...auth, 'tus-resumable': '' };
  const reply = await here.app.inject({
    method: 'OPTIONS',
    url: '/api/uploads',
    headers: { ...headers, origin: ORIGIN, 'access-control-request-method': 'POST' },
  });
  expect(reply.statusCode).toBe(204);
  expect(reply.headers).toMatchObject({
    'tus-version': '1.0.0',
    'tus-extension': 'creation,creation-with-upload,expiration,termination,checksum',
    'tus-checksum-algorithm': 'sha1,sha256,md5',
    'tus-max-size': '1000000000',
    'access-control-allow-origin': ORIGIN,
    'access-control-allow-methods': expect.stringContaining('PATCH'),
  });
  const exposed = String(reply.headers['access-control-expose-headers']);
  for (const name of ['location', 'upload-offset', 'tus-resumable', 'recording-id'])
    expect(exposed).toContain(name);
  const preflight = await here.app.inject({
    method: 'OPTIONS',
    url: `/api/uploads/${person.id}`,
    headers: { origin: ORIGIN, 'access-control-request-method': 'PATCH' },
  });
  expect(preflight.headers['access-control-allow-origin']).toBe(ORIGIN);
});

describe('what is refused leaves nothing', () => {
  let before: { files: string[]; recordings: number };
  beforeEach(async () => {
    before = { files: await unfinished(), recordings: await recordings() };
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['another version', { 'tus-resumable': '0.2.2' }, 412, 'media.tus-version'],
    ['no length', {}, 400, 'media.bad-upload-header'],
    ['a length that is none', { 'upload-length': '-1' }, 400, 'media.bad-upload-header'],
    ['a length for later', { 'upload-defer-length': '1' }, 400, 'media.bad-upload-header'],
    [
      'a part to be joined',
      { 'upload-length': '9', 'upload-concat': 'partial' },
      400,
      'media.bad-upload-header',
    ],
    ['no bytes', { 'upload-length': '0' }, 422, 'media.empty-file'],
    ['too many bytes', { 'upload-length': '1000000001' }, 413, 'media.upload-too-large'],
    [
      'metadata that is none',
      { 'upload-length': '9', 'upload-metadata': 'filename ***' },
      400,
      'media.bad-upload-header',
    ],
    [
      'a key twice',
      { 'upload-length': '9', 'upload-metadata': 'a YQ==,a YQ==' },
      400,
      'media.bad-upload-header',
    ],
    [
      'a name that is no text',
      { 'upload-length': '9', 'upload-metadata': 'filename /w==' },
      400,
      'media.bad-upload-header',
    ],
    [
      'a language that is none',
      { 'upload-length': '9', 'upload-metadata': `language ${base64('fr; drop')}` },
      422,
      'validation',
    ],
    [
      'a title without end',
      { 'upload-length': '9', 'upload-metadata': `title ${base64('é'.repeat(501))}` },
      422,
      'validation',
    ],
  ])('%s', async (_what, headers, status, type) => {
    const rows = await sql('select id from uploads');
    const reply = await ask({ method: 'POST', headers });
    expect([reply.statusCode, typeOf(reply)]).toEqual([status, type]);
    expect(await sql('select id from uploads')).toEqual(rows);
  });

  test.each<[string, string | Buffer]>([
    ['text', 'This is no sound at all.\n'.repeat(500)],
    ['a playlist', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'],
    ['noise', Buffer.alloc(40_000, 'noise\u0000\u0001')],
  ])('%s, as soon as that is seen', async (_what, bytes) => {
    const url = await begin(bytes.length * (bytes.length > 1_000 ? 3 : 1));
    const reply = await piece(url, 0, bytes);
    if (reply.statusCode === 204) {
      // Noise is found out by its whole only.
      const rest = await piece(url, bytes.length, Buffer.concat([Buffer.from(bytes), Buffer.from(bytes)]));
      expect([rest.statusCode, typeOf(rest)]).toEqual([415, 'media.not-audio']);
    } else expect([reply.statusCode, typeOf(reply)]).toEqual([415, 'media.not-audio']);
    expect((await ask({ method: 'HEAD', url })).statusCode).toBe(404);
    expect({ files: await unfinished(), recordings: await recordings() }).toEqual(before);
  });

  test('a piece that does not fit: where it begins, how long it is, of which type', async () => {
    const url = await begin();
    const wrong = await piece(url, 5, 'x');
    expect([wrong.statusCode, typeOf(wrong), wrong.headers['upload-offset']]).toEqual([
      409,
      'media.wrong-offset',
      '0',
    ]);
    expect((await piece(url, 0, Buffer.alloc(wav.length + 1))).statusCode).toBe(413);
    const json = await ask({
      method: 'PATCH',
      url,
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(json.statusCode).toBe(415);
    expect((await piece(url, 0, 'x', { 'tus-resumable': '2.0.0' })).statusCode).toBe(412);
    expect((await piece(url, 0, 'x', { 'upload-offset': 'x' })).statusCode).toBe(400);
    expect(await standing(url)).toBe(0);
    expect((await ask({ method: 'DELETE', url })).statusCode).toBe(204);
    expect(await unfinished()).toEqual(before.files);
  });

  test('more bytes than announced, in a body that does not say how many come', async () => {
    const url = await begin(1_000);
    const reply = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = open(url, 0);
      outgoing.on('response', (response) => resolve(response.statusCode)).on('error', reject);
      outgoing.write(wav.subarray(0, 900));
      outgoing.end(wav.subarray(900, 2_000));
    });
    expect(reply).toBe(413);
    expect(await standing(url)).toBeLessThanOrEqual(1_000);
    await ask({ method: 'DELETE', url });
  });
});

describe('an upload is its owner’s', () => {
  test('nobody else’s, wherever they are, and for those who may upload only', async () => {
    const url = await begin();
    await piece(url, 0, wav.subarray(0, 10));
    const strangers = [
      await createSignedIn(here, { organisation: await createOrganisation(here), role: 'administrator' }),
      await createSignedIn(here, { organisation, role: 'producer' }),
    ];
    for (const { session } of strangers) {
      const headers = { ...session.headers };
      expect((await ask({ method: 'HEAD', url, headers })).statusCode).toBe(404);
      expect((await piece(url, 10, 'x', headers)).statusCode).toBe(404);
      expect((await ask({ method: 'DELETE', url, headers })).statusCode).toBe(404);
    }
    const member = await createSignedIn(here, { role: 'member' });
    const headers = { 'upload-length': '9', ...member.session.headers };
    expect((await ask({ method: 'POST', headers })).statusCode).toBe(403);
    expect((await ask({ method: 'HEAD', url, headers: { authorization: '' } })).statusCode).toBe(401);
    for (const id of ['x', person.id, '..%2f..'])
      expect((await ask({ method: 'HEAD', url: `/api/uploads/${id}` })).statusCode).toBe(404);
    expect(await standing(url)).toBe(10);
    await ask({ method: 'DELETE', url });
    expect((await ask({ method: 'HEAD', url })).statusCode).toBe(404);
  });

  test('one person’s unfinished ones are not without number', async () => {
    await sql(
      `insert into uploads (id, organisation_id, created_by, size_bytes, original_key, expires_at, created_at)
       select gen_random_uuid(), $1, $2, 1, 'limit/' || n, now() + interval '1 day', now()
       from generate_series(1, ${MOST_OF_PERSON}) n`,
      [organisation.id, person.id],
    );
    const reply = await ask({ method: 'POST', headers: { 'upload-length': '9' } });
    expect([reply.statusCode, typeOf(reply)]).toEqual([429, 'media.too-many-uploads']);
    expect(reply.headers['retry-after']).toBe('60');
    await sql("delete from uploads where original_key like 'limit/%'");
  });
});

/** A PATCH whose bytes the test sends as it likes. */
function open(url: string, offset: number): ClientRequest {
  const headers = {
    ...auth,
    'tus-resumable': '1.0.0',
    'upload-offset': String(offset),
    'content-type': 'application/offset+octet-stream',
  };
  return request(`${base}${url}`, { method: 'PATCH', headers });
}

const writerOf = async (url: string) =>
  (await sql<{ writer_id: string | null }>('select writer_id from uploads where id = $1', [idOf(url)]))[0]
    ?.writer_id;

/** Sends so much and then nothing, until the bytes are in the file. */
async function sendSome(url: string, offset: number, bytes: number): Promise<ClientRequest> {
  const outgoing = open(url, offset).on('error', () => undefined);
  outgoing.write(wav.subarray(offset, offset + bytes));
  const files = createUnfinishedFiles(unfinishedFolder());
  await expect.poll(() => files.sizeOf(idOf(url))).toBe(offset + bytes);
  return outgoing;
}

describe('a line that is lost', () => {
  test('costs nothing of what had arrived', async () => {
    const url = await begin();
    (await sendSome(url, 0, 70_000)).destroy();
    await expect.poll(() => standing(url)).toBe(70_000);
    await expect.poll(() => writerOf(url)).toBeNull();
    expect((await piece(url, 70_000, wav.subarray(70_000))).headers['recording-id']).toBe(idOf(url));
  });

  test('without a word locks nobody out for long: the newer request takes over, the older is told', async () => {
    const url = await begin();
    const silent = await sendSome(url, 0, 5_000);
    const answer = new Promise<number | undefined>((resolve) =>
      silent.on('response', (response) => resolve(response.statusCode)),
    );
    const second = await piece(url, 0, wav.subarray(0, 10));
    expect([second.statusCode, typeOf(second), second.headers['retry-after']]).toEqual([
      423,
      'media.upload-busy',
      '2',
    ]);
    await sql("update uploads set writer_seen_at = now() - interval '11 seconds' where id = $1", [idOf(url)]);
    expect((await piece(url, 0, wav.subarray(0, 20_000))).statusCode).toBe(204);
    silent.end(wav.subarray(5_000));
    expect(await answer).toBe(423);
    expect(await standing(url)).toBe(20_000);
    expect((await piece(url, 20_000, wav.subarray(20_000))).headers['recording-id']).toBe(idOf(url));
  });

  test('of an upload that is given up meanwhile ends with it', async () => {
    const url = await begin();
    const sending = await sendSome(url, 0, 5_000);
    const ended = new Promise((resolve) => sending.on('close', resolve));
    expect((await ask({ method: 'DELETE', url })).statusCode).toBe(204);
    await ended;
    expect((await ask({ method: 'HEAD', url })).statusCode).toBe(404);
    await expect.poll(unfinished).not.toContain(`${idOf(url)}.part`);
  });

  test('and several pieces at once are one', async () => {
    const url = await begin();
    const replies = await Promise.all([0, 0, 0].map(() => piece(url, 0, wav.subarray(0, 30_000))));
    const statuses = replies.map(({ statusCode }) => statusCode).toSorted();
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(statuses.filter((status) => status === 423 || status === 409)).toHaveLength(2);
    expect(await standing(url)).toBe(30_000);
    const ends = await Promise.all([0, 0].map(() => piece(url, 30_000, wav.subarray(30_000))));
    expect(ends.filter((reply) => reply.headers['recording-id'] === idOf(url))).toHaveLength(1);
  });
});

describe('a crash just before the end', () => {
  /** What kill -9 leaves after the last byte: all of them noted, the file at one place or the other, no recording. */
  async function crashed(isPlaced: boolean): Promise<string> {
    const url = await begin();
    const id = idOf(url);
    const file = path.join(unfinishedFolder(), `${id}.part`);
    await mkdir(unfinishedFolder(), { recursive: true });
    await writeFile(file, wav);
    const [row] = await sql<{ original_key: string }>(
      `update uploads set offset_bytes = size_bytes, writer_id = gen_random_uuid(),
       writer_seen_at = now() - interval '1 minute' where id = $1 returning original_key`,
      [id],
    );
    if (isPlaced) {
      const placed = path.join(here.dataDir, 'storage', 'files', row?.original_key ?? '');
      await mkdir(path.dirname(placed), { recursive: true });
      await rename(file, placed);
    }
    return url;
  }

  test.each([false, true])('is made good by whoever asks next (file in its place: %s)', async (isPlaced) => {
    const url = await crashed(isPlaced);
    const before = await recordings();
    const replies = await Promise.all([1, 2].map(() => ask({ method: 'HEAD', url })));
    expect(replies.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 423]);
    const reply = await piece(url, wav.length, '');
    expect(reply.headers['recording-id']).toBe(idOf(url));
    const { json } = await here.app.inject({ url: `/api/recordings/${idOf(url)}`, headers: auth });
    expect(json()).toMatchObject({ sha256: createHash('sha256').update(wav).digest('hex') });
    expect(await recordings()).toBe(before + 1);
  });

  test('is made good by the last piece, sent again without a look', async () => {
    const url = await crashed(true);
    expect((await piece(url, wav.length, '')).headers['recording-id']).toBe(idOf(url));
  });

  test('is made good by the next process when nobody asks, and its file is not swept meanwhile', async () => {
    const url = await crashed(true);
    const context = createMediaContext(here.kernel, here.composition.accounts);
    await sweepFiles(context, -1);
    const next = await buildTestApp({ beside: here });
    try {
      await expect
        .poll(
          async () =>
            (await here.app.inject({ url: `/api/recordings/${idOf(url)}`, headers: auth })).statusCode,
        )
        .toBe(200);
    } finally {
      await next.end();
    }
    expect((await ask({ method: 'DELETE', url })).statusCode).toBe(409);
  });
});

describe('the client that people use', () => {
  test('goes on at another process where the first one ended', async () => {
    const first = await buildTestApp({ beside: here });
    const port = await first.listen();
    let url = '';
    const { upload, done } = tus(wav, {
      endpoint: `${port}/api/uploads`,
      onChunkComplete: () => {
        url = new URL(upload.url ?? '').pathname;
        first.app.server.closeAllConnections();
        void first.end();
      },
    });
    upload.start();
    await expect(done).rejects.toThrow();
    const offset = await standing(url);
    expect(offset).toBeGreaterThanOrEqual(60_000);
    const offsets: number[] = [];
    const again = tus(wav, {
      uploadUrl: `${base}${url}`,
      onBeforeRequest: (sent) => void offsets.push(Number(sent.getHeader('Upload-Offset') ?? -1)),
    });
    again.upload.start();
    expect(await again.done).toBe(idOf(url));
    // HEAD first, then from there, never from the beginning.
    expect(offsets.slice(0, 2)).toEqual([-1, offset]);
  });

  test('sends small files in one request, aborts with nothing left, and does several at once', async () => {
    const small = await sampleSound('tone.mp3', 1);
    const methods: string[] = [];
    const one = tus(small, {
      uploadDataDuringCreation: true,
      metadata: { filename: 'séance.mp3', title: 'Séance' },
      onBeforeRequest: (sent) => void methods.push(sent.getMethod()),
    });
    one.upload.start();
    expect(await one.done).toMatch(/^[0-9a-f-]{36}$/);
    expect(methods).toEqual(['POST']);

    const files = await unfinished();
    const given = tus(wav, { onChunkComplete: () => void given.upload.abort(true).then(resolveAborted) });
    let resolveAborted: () => void = () => {};
    const aborted = new Promise<void>((resolve) => {
      resolveAborted = resolve;
    });
    given.upload.start();
    await aborted;
    expect((await ask({ method: 'HEAD', url: new URL(given.upload.url ?? '').pathname })).statusCode).toBe(
      404,
    );
    expect(await unfinished()).toEqual(files);

    const several = [1, 2, 3].map(() => tus(wav, {}));
    for (const { upload } of several) upload.start();
    const ids = await Promise.all(several.map(({ done }) => done));
    expect(new Set(ids).size).toBe(3);
  });
});

describe('the examples of the guide', () => {
  const GUIDE = new URL('../../../../../docs/integrate/uploads.md', import.meta.url);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'upload-examples-'));
    await writeFile(path.join(folder, 'sound.wav'), wav);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ['sh', ['bash', '-eu']],
    ['js', [process.execPath]],
  ] as const)('in %s bring a recording', async (fence, [program, ...args]) => {
    const block =
      new RegExp(`\`\`\`${fence}\\n(.*?)\`\`\``, 's').exec(await readFile(GUIDE, 'utf8'))?.[1] ?? '';
    const client = fileURLToPath(import.meta.resolve('tus-js-client'));
    const file = path.join(folder, fence === 'js' ? 'example.mjs' : 'example.sh');
    await writeFile(file, block.replace("'tus-js-client'", JSON.stringify(client)));
    const env = { ...process.env, ANTENNE_URL: base, TOKEN: auth.authorization?.slice(7) ?? '' };
    const { stdout } = await promisify(execFile)(program, [...args, file], { cwd: folder, env });
    const reply = await here.app.inject({ url: `/api/recordings/${stdout.trim()}`, headers: auth });
    expect(reply.json()).toMatchObject({ language: 'fr', filename: 'sound.wav' });
  });
});

test('the same bytes again say whose copy they are, to those who may hear that one', async () => {
  const { session } = await createSignedIn(here, { organisation: await createOrganisation(here) });
  const bytes = await sampleSound('tone.ogg');
  const send = async (headers: Record<string, string> = {}): Promise<string> =>
    (
      await ask({
        method: 'POST',
        body: bytes,
        headers: {
          'upload-length': String(bytes.length),
          'content-type': 'application/offset+octet-stream',
          ...headers,
        },
      })
    ).json().id;
  const show = async (id: string, headers = auth) =>
    (await here.app.inject({ url: `/api/recordings/${id}`, headers })).json().duplicate_of;
  const first = await send();
  const second = await send();
  const theirs = await send({ ...session.headers });
  expect([await show(first), await show(second), await show(theirs, session.headers)]).toEqual([
    null,
    first,
    null,
  ]);
  const list = await here.app.inject({ url: '/api/recordings', headers: auth });
  const listed = list.json().recordings.find((one: { id: string }) => one.id === second);
  expect(listed.duplicate_of).toBe(first);
  // Someone from outside may hear the copy, and is not told of what they may not hear.
  await sql("update recordings set visibility = 'unlisted' where id = any($1)", [[first, second]]);
  expect(await show(second, {})).toBeNull();
  await sql("update recordings set status = 'error', error_code = 'x', error_message = 'x' where id = $1", [
    first,
  ]);
  expect(await show(second)).toBeNull();
});

test('what nobody goes on with expires: 410, then swept with its bytes; a younger one stays', async () => {
  const old = await begin();
  await piece(old, 0, wav.subarray(0, 10));
  const inHours = async (hours: number) => {
    clock.advance(hours * HOUR_MS);
    auth = (await signInAs(here, person)).headers;
  };
  await inHours(50);
  const young = await begin();
  expect((await piece(young, 0, wav.subarray(0, 10))).statusCode).toBe(204);
  await inHours(23);
  const gone = await piece(old, 10, 'x');
  expect([gone.statusCode, typeOf(gone)]).toEqual([410, 'media.upload-expired']);
  const context = createMediaContext(here.kernel, here.composition.accounts);
  expect(await sweepUploads(context)).toBeGreaterThan(0);
  expect(await unfinished()).toContain(`${idOf(young)}.part`);
  expect(await unfinished()).not.toContain(`${idOf(old)}.part`);
  expect((await ask({ method: 'HEAD', url: old })).statusCode).toBe(404);
  expect(await standing(young)).toBe(10);
});
