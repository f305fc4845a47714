import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import pino from 'pino';
import Type from 'typebox';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp, testClock } from '../../../test/harness/app.ts';
import {
  createPerson,
  createSignedIn,
  signInAs,
  TEST_PASSWORD,
} from '../../../test/harness/factories/accounts.ts';
import { makeForm, sampleSound } from '../../../test/harness/factories/media.ts';
import { door, open, signedIn } from '../auth/access.ts';
import type { Authenticator } from '../auth/actor.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { type App, buildApp } from './app.ts';
import { registerIdempotency } from './idempotency.ts';
import { tidyKeys } from './idempotency-run.ts';
import { defineProblem } from './problem.ts';

const clock = testClock();
const DAY_MS = 86_400_000;
let here: TestApp;
let organisationId: string;
let headers: Record<string, string>;
let colleague: Record<string, string>;
let stranger: Record<string, string>;

beforeAll(async () => {
  here = await buildTestApp({ clock });
  const made = await createSignedIn(here);
  organisationId = made.organisation.id;
  headers = made.session.headers;
  const person = await createPerson(here, organisationId, { role: 'administrator' });
  colleague = (await signInAs(here, person)).headers;
  stranger = (await createSignedIn(here)).session.headers;
});
afterAll(() => here.end());

let serial = 0;
const newKey = () => `key-${++serial}`;

function post(url: string, key: string, payload: object | string, who = headers, app: App = here.app) {
  return app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json', ...who, 'idempotency-key': key },
  });
}
const rows = async (table: 'debats' | 'recordings' | 'idempotency_keys') =>
  Number((await here.kernel.db.pool.query(`select count(*) from ${table}`)).rows[0].count);

describe('a key', () => {
  it('makes eight requests at once one creation', async () => {
    const [before, key] = [await rows('debats'), newKey()];
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => post('/api/debats', key, { title: 'Once' })),
    );
    expect(await rows('debats')).toBe(before + 1);
    const created = replies.filter(({ statusCode }) => statusCode === 201);
    expect(created.filter((reply) => !reply.headers['idempotency-replayed'])).toHaveLength(1);
    expect(new Set(created.map(({ body }) => body)).size).toBe(1);
    for (const reply of replies.filter(({ statusCode }) => statusCode !== 201)) {
      expect([reply.statusCode, reply.json().type]).toEqual([
        409,
        'urn:antenne:problem:idempotency.in-progress',
      ]);
      expect(reply.headers['retry-after']).toBe('2');
    }
  });

  it('brings the first reply back whole, under both addresses, after a restart too', async () => {
    const [before, key] = [await rows('debats'), newKey()];
    const first = await post('/api/debats', key, { title: 'Kept' });
    const beside = await buildTestApp({ beside: here });
    try {
      for (const app of [here.app, beside.app]) {
        const again = await post('/api/v1/debats/', key, { title: 'Kept' }, headers, app);
        expect([again.statusCode, again.body]).toEqual([201, first.body]);
        expect(again.headers).toMatchObject({
          'idempotency-replayed': 'true',
          'content-type': first.headers['content-type'],
          location: first.headers.location,
        });
      }
    } finally {
      await beside.end();
    }
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(await rows('debats')).toBe(before + 1);
  });

  it('is refused with another body, another address', async () => {
    const key = newKey();
    const made = await post('/api/debats', key, { title: 'One' });
    const others = [
      await post('/api/debats', key, { title: 'Another' }),
      await post(`/api/debats/${made.json().id}/extract`, key, {}),
    ];
    for (const reply of others) {
      expect([reply.statusCode, reply.json().type]).toEqual([
        422,
        'urn:antenne:problem:idempotency.key-reused',
      ]);
      expect(reply.json().detail).toContain('POST /api/debats)');
    }
  });

  it('is another one for a colleague and for another organisation', async () => {
    const [before, key] = [await rows('debats'), newKey()];
    const replies = [];
    for (const who of [headers, colleague, stranger])
      replies.push(await post('/api/debats', key, { title: 'Ours' }, who));
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201]);
    expect(replies.map((reply) => reply.headers['idempotency-replayed'])).toEqual(Array(3).fill(undefined));
    expect(await rows('debats')).toBe(before + 3);
  });

  it('is forgotten after a day, and then deleted', async () => {
    const [before, key] = [await rows('debats'), newKey()];
    const person = await createPerson(here, organisationId, { role: 'archivist' });
    const at = async (ms: number) => {
      clock.advance(ms);
      const who = (await signInAs(here, person)).headers;
      return post('/api/debats', key, { title: 'Of its day' }, who);
    };
    await at(0);
    expect((await at(DAY_MS - 60_000)).headers['idempotency-replayed']).toBe('true');
    expect((await at(120_000)).headers['idempotency-replayed']).toBeUndefined();
    expect(await rows('debats')).toBe(before + 2);
    clock.advance(DAY_MS + 60_000);
    await Promise.all([tidyKeys(here.kernel), tidyKeys(here.kernel)]);
    expect(await rows('idempotency_keys')).toBe(0);
    clock.advance(-2 * DAY_MS - 120_000);
  });

  it.each([
    ['', 'empty'],
    ['a b', 'with a space'],
    ['é', 'beyond ASCII'],
    ['\t', 'a tab'],
    ['k'.repeat(256), 'too long'],
  ])('%j is refused: %s', async (key) => {
    const before = await rows('debats');
    const reply = await post('/api/debats', key, { title: 'Never' });
    expect([reply.statusCode, reply.json().type]).toEqual([400, 'urn:antenne:problem:idempotency.bad-key']);
    expect(await rows('debats')).toBe(before);
  });

  it.each(["'; drop table idempotency_keys; --", '%00%27', '../../x', '"quoted"', 'k'.repeat(255)])(
    '%j is a key like any other',
    async (raw) => {
      const key = raw.replaceAll(' ', '_');
      const first = await post('/api/debats', key, { title: 'Odd' });
      const again = await post('/api/debats', key, { title: 'Odd' });
      expect([first.statusCode, again.body]).toEqual([201, first.body]);
    },
  );

  it('is kept as a hash, and so is the body', async () => {
    const key = newKey();
    const body = { username: `keyed-${serial}`, password: TEST_PASSWORD };
    expect((await post('/api/admin/users', key, body)).statusCode).toBe(201);
    const { rows: kept } = await here.kernel.db.pool.query('select k::text as text from idempotency_keys k');
    const text = kept.map((row: { text: string }) => row.text).join();
    expect(text).toContain('POST /api/admin/users');
    expect(text).not.toContain(Buffer.from(key).toString('hex'));
    expect(text).not.toContain(key);
    expect(text).not.toContain(Buffer.from(TEST_PASSWORD).toString('hex'));
  });

  it('tells nobody what they may no longer ask for', async () => {
    const key = newKey();
    const person = await createPerson(here, organisationId, { role: 'archivist' });
    const { headers: who } = await signInAs(here, person);
    expect((await post('/api/debats', key, { title: 'Mine' }, who)).statusCode).toBe(201);
    expect((await post('/api/auth/logout', newKey(), {}, who)).statusCode).toBe(204);
    expect((await post('/api/debats', key, { title: 'Mine' }, who)).statusCode).toBe(401);
  });
});

describe('an upload', () => {
  let file: Buffer;
  beforeAll(async () => {
    file = await sampleSound('tone.wav');
  });
  const upload = (key: string, bytes = file) => {
    const form = makeForm([
      { name: 'title', value: 'Once' },
      { name: 'file', value: bytes, filename: 'once.wav' },
    ]);
    const all = { ...headers, ...form.headers, 'idempotency-key': key };
    return here.app.inject({ method: 'POST', url: '/api/recordings', payload: form.payload, headers: all });
  };

  it('sent again is one recording, though its boundary is another', async () => {
    const [before, key] = [await rows('recordings'), newKey()];
    const first = await upload(key);
    const again = await upload(key);
    expect([first.statusCode, again.statusCode, again.body]).toEqual([201, 201, first.body]);
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true', location: first.headers.location });
    const other = await upload(key, Buffer.concat([file, Buffer.alloc(100)]));
    expect(other.statusCode).toBe(422);
    expect(await rows('recordings')).toBe(before + 1);
  });

  it('is answered again before its bytes have come, on a connection that stays', async () => {
    const key = newKey();
    const big = Buffer.concat([file, Buffer.alloc(8_000_000)]);
    expect((await upload(key, big)).statusCode).toBe(201);
    const url = `${await listening()}/api/recordings`;
    const form = makeForm([
      { name: 'title', value: 'Once' },
      { name: 'file', value: big, filename: 'once.wav' },
    ]);
    const agent = new Agent({ connections: 1 });
    const all = { ...headers, ...form.headers, 'idempotency-key': key };
    const again = await request(url, { dispatcher: agent, method: 'POST', headers: all, body: form.payload });
    expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([201, 'true']);
    await again.body.dump();
    const next = await request(url, { dispatcher: agent, headers });
    expect(next.statusCode).toBe(200);
    await next.body.dump();
    await agent.close();
  });

  it('cut in the middle frees its key', async () => {
    const [before, key] = [await rows('recordings'), newKey()];
    const { port } = new URL(await listening());
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `POST /api/recordings HTTP/1.1\r\nhost: x\r\nauthorization: ${headers.authorization}\r\n` +
        `idempotency-key: ${key}\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 1000000\r\n\r\n` +
        '--b\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF',
    );
    await expect.poll(() => isAnyTaken()).toBe(true);
    expect((await upload(key)).statusCode).toBe(422);
    socket.destroy();
    await once(socket, 'close');
    await expect.poll(() => isAnyTaken()).toBe(false);
    expect((await upload(key)).statusCode).toBe(201);
    expect(await rows('recordings')).toBe(before + 1);
  });

  let address: Promise<string> | undefined;
  function listening(): Promise<string> {
    address ??= here.listen();
    return address;
  }

  async function isAnyTaken(): Promise<boolean> {
    const { rows: found } = await here.kernel.db.pool.query(
      `select 1 from idempotency_keys where state = 'in-progress'`,
    );
    return found.length > 0;
  }
});

describe('a route', () => {
  let app: App;
  let runs: number;
  let release: () => void;
  const brokenPipe = defineProblem('conflict', 'kitchen.pipe', 'The pipe');
  const personId = '0198c0de-0000-7000-8000-00000000000a';

  const actor = (id: string | null) => ({
    organisationId,
    personId: id,
    sessionId: id,
    permissions: new Set<string>(),
    isPlatformAdmin: false,
  });
  const authenticator: Authenticator = {
    authenticate: () => ({ ...actor(personId), personId, sessionId: personId }),
    anonymous: () => actor(null),
  };

  beforeAll(async () => {
    const { config, db } = here.kernel;
    const log = pino({ level: 'silent' });
    app = await buildApp({
      config,
      log,
      metrics: createMetrics('test'),
      authenticator,
      redis: null,
      maxLagMs: 0,
    });
    registerIdempotency(app, { db, clock, log }, config.secretKey);
    const add = (url: string, answer: (reply: FastifyReply) => unknown) =>
      app.post(url, { config: { access: signedIn } }, async (_request, reply) => {
        runs += 1;
        return answer(reply);
      });
    add('/large', (reply) =>
      reply.code(201).header('location', '/large/1').type('text/plain').send('x'.repeat(262_145)),
    );
    add('/stream', (reply) => reply.send(Readable.from(['a stream'])));
    add('/cookie', (reply) => reply.setCookie('secret', 'of one reply').send('come in'));
    add('/bytes', (reply) => reply.type('application/octet-stream').send(Buffer.from([0, 255, 0])));
    add('/empty', (reply) => reply.code(204).send());
    add('/refused', () => {
      throw brokenPipe('It leaks.');
    });
    add('/crash', () => {
      throw new Error('on purpose');
    });
    add('/slow', async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return { done: true };
    });
    app.post('/door', { config: { access: door('test') } }, () => `run ${++runs}`);
    app.post('/open', { config: { access: open('test') } }, () => `run ${++runs}`);
    app.put('/put', { config: { access: open('test') } }, () => `run ${++runs}`);
    app.post(
      '/deep',
      { config: { access: signedIn }, schema: { body: Type.Unknown() } },
      (request) => typeof request.body,
    );
    await app.ready();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    runs = 0;
  });
  const ask = (url: string, key: string, given: { method?: 'POST' | 'PUT'; token?: string } = {}) =>
    app.inject({
      method: given.method ?? 'POST',
      url,
      headers: {
        'idempotency-key': key,
        ...(given.token === '' ? {} : { authorization: `Bearer ${given.token ?? 'x'}` }),
      },
    });

  it.each(['/large', '/stream'])('%s is not run again, though its reply is not kept', async (url) => {
    const key = newKey();
    const first = await ask(url, key);
    const again = await ask(url, key);
    expect(first.statusCode).toBeLessThan(300);
    expect([again.statusCode, again.json().type]).toEqual([
      409,
      'urn:antenne:problem:idempotency.reply-not-kept',
    ]);
    expect(again.json().location).toBe(first.headers.location);
    expect(runs).toBe(1);
  });

  it.each(['/bytes', '/empty'])('%s is replayed as it was', async (url) => {
    const key = newKey();
    const [first, again] = [await ask(url, key), await ask(url, key)];
    expect([again.statusCode, again.rawPayload]).toEqual([first.statusCode, first.rawPayload]);
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(runs).toBe(1);
  });

  it.each(['/refused', '/crash', '/cookie'])('%s runs each time', async (url) => {
    const key = newKey();
    const [first, again] = [await ask(url, key), await ask(url, key)];
    expect(again.statusCode).toBe(first.statusCode);
    expect(again.headers['idempotency-replayed']).toBeUndefined();
    expect(runs).toBe(2);
  });

  it.each([
    ['/door', {}],
    ['/open', { token: '' }],
    ['/put', { method: 'PUT' as const }],
  ])('%s with %j does not look at the header', async (url, given) => {
    for (const key of ['same', 'same', 'not a key']) await ask(url, key, given);
    expect(runs).toBe(3);
  });

  it('that still runs is answered 409; when its process dies, the key is free after its lease', async () => {
    const key = newKey();
    const first = ask('/slow', key);
    await expect.poll(() => runs).toBe(1);
    const releaseFirst = release;
    expect((await ask('/slow', key)).json().type).toBe('urn:antenne:problem:idempotency.in-progress');
    clock.advance(31_000);
    const second = ask('/slow', key);
    await expect.poll(() => runs).toBe(2);
    // The first one comes back from the dead: it may answer, but no longer keep its reply.
    releaseFirst();
    expect((await first).statusCode).toBe(200);
    expect((await ask('/slow', key)).statusCode).toBe(409);
    release();
    expect((await second).statusCode).toBe(200);
    expect((await ask('/slow', key)).headers['idempotency-replayed']).toBe('true');
    clock.advance(-31_000);
  });

  it('reads a deep body with a key as without', async () => {
    const payload = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const type = { 'content-type': 'application/json', authorization: 'Bearer x' };
    const plain = await app.inject({ method: 'POST', url: '/deep', payload, headers: type });
    const keyed = await post('/deep', newKey(), payload, { authorization: 'Bearer x' }, app);
    expect([keyed.statusCode, keyed.body]).toEqual([plain.statusCode, plain.body]);
  });

  it('without the header asks the database nothing', async () => {
    const { pool } = here.kernel.db;
    let asked = 0;
    const count = () => {
      asked += 1;
    };
    pool.on('acquire', count);
    await app.inject({ method: 'POST', url: '/bytes', headers: { authorization: 'Bearer x' } });
    expect([asked, runs]).toEqual([0, 1]);
    await ask('/bytes', newKey());
    expect(asked).toBe(2);
    pool.off('acquire', count);
  });
});
