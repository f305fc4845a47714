import { createHmac } from 'node:crypto';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildTestApp, type TestApp, testClock } from '../../../../test/harness/app.ts';
import { createOrganisation, createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { createReadyRecording } from '../../../../test/harness/factories/media.ts';
import { sendRaw } from '../../../../test/harness/raw-request.ts';
import { newId } from '../../../kernel/id.ts';

const SIGNING_KEY = 'a signing key for tests only, long enough';
const clock = testClock();
const warnings: string[] = [];
const log = pino({ level: 'warn' }, { write: (line) => void warnings.push(line) });
const HOST = 'radio-stream.test';
let here: TestApp;
let defaultId: string;
let otherId: string;
let recording: string;
let others: string;
let administrator: Record<string, string>;
let member: { headers: Record<string, string>; id: string };
let otherAdministrator: Record<string, string>;

beforeAll(async () => {
  here = await buildTestApp({ clock, log });
  const organisation = await createOrganisation(here, { isDefault: true });
  const other = await createOrganisation(here, { hostnames: [HOST] });
  [defaultId, otherId] = [organisation.id, other.id];
  administrator = (await createSignedIn(here, { organisation, role: 'administrator' })).session.headers;
  const signedIn = await createSignedIn(here, { organisation, role: 'member' });
  member = { headers: signedIn.session.headers, id: signedIn.person.id };
  otherAdministrator = (await createSignedIn(here, { organisation: other, role: 'administrator' })).session
    .headers;
  await here.listen();
  recording = await createReadyRecording(here, defaultId, { title: 'Séance' });
  others = await createReadyRecording(here, otherId);
});
afterAll(() => here.end());

const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  here.app.inject({ method, url, headers });
const inSeconds = (seconds: number) => Math.floor(clock.now() / 1000) + seconds;

/** As a back end does it, by the contract alone. */
const address = (
  name: string,
  { key = SIGNING_KEY, expires = inSeconds(100), bound = '', query = '', separator = '|' } = {},
) => {
  const sig = createHmac('sha256', key).update(`${name}${separator}${expires}${bound}`).digest('hex');
  return `/stream/${encodeURIComponent(name)}?expires=${expires}&sig=${sig}${query}`;
};
const rotate = async (headers: Record<string, string>) => {
  const reply = await here.app.inject({ method: 'POST', url: '/api/signing-keys', headers });
  expect([reply.statusCode, reply.headers['cache-control']]).toEqual([201, 'no-store']);
  return reply.json() as { kid: string; secret: string };
};

describe('a signed file', () => {
  test('plays whole, by ranges and as a head, for whoever has the address', async () => {
    const whole = await get(address(`${recording}-192k.mp3`));
    expect([whole.statusCode, whole.headers['content-type']]).toEqual([200, 'audio/mpeg']);
    expect(whole.headers['cache-control']).toMatch(/^private/);
    const part = await get(address(`${recording}-192k.mp3`), { range: 'bytes=100-199' });
    expect([part.statusCode, part.rawPayload]).toEqual([206, whole.rawPayload.subarray(100, 200)]);
    const head = await get(address(`${recording}-192k.mp3`), {}, 'HEAD');
    expect(head.headers['content-length']).toBe(String(whole.rawPayload.length));
    const beyond = await get(address(`${recording}-192k.mp3`), { range: 'bytes=99999999-' });
    expect(beyond.statusCode).toBe(416);
  });

  test.each([
    ['the id', () => address(recording), 'audio/mpeg'],
    ['the id with an extension', () => address(`${recording}.m4a`), 'audio/mp4'],
    ['the file', () => address(`${recording}-128k.m4a`), 'audio/mp4'],
    ['the file without extension', () => address(`${recording}-128k`), 'audio/mp4'],
    ['upper case', () => address(recording.toUpperCase()), 'audio/mpeg'],
    ['a colon', () => address(recording, { separator: ':' }), 'audio/mpeg'],
    ['a signature over the bare name', () => address(recording).replace('?', '.mp3?'), 'audio/mpeg'],
    ['a quality', () => address(recording, { query: '&quality=low' }), 'audio/mp4'],
    ['a quality in kbit/s', () => address(recording, { query: '&quality=128' }), 'audio/mp4'],
    ['a quality of its format', () => address(`${recording}.mp3`, { query: '&quality=low' }), 'audio/mpeg'],
    ['the line’s own quality', () => address(recording, { query: '&quality=auto' }), 'audio/mpeg'],
    [
      'the client’s address',
      () => address(recording, { bound: '|ip=127.0.0.1', query: '&ip=127.0.0.1' }),
      'audio/mpeg',
    ],
    [
      'that address in IPv6',
      () => address(recording, { bound: '|ip=::ffff:127.0.0.1', query: '&ip=::ffff:127.0.0.1' }),
      'audio/mpeg',
    ],
    [
      'a person of the back end',
      () => address(recording, { bound: '|user=é 7', query: '&user=%C3%A9%207' }),
      'audio/mpeg',
    ],
  ])('is found by %s', async (_what, make, type) => {
    const reply = await get(make());
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, type]);
  });

  test.each([
    ['no signature', () => `/stream/${recording}`, 400],
    ['no expires', () => address(recording).replace(/expires=\d+&/, ''), 400],
    ['an empty signature', () => `/stream/${recording}?expires=${inSeconds(9)}&sig=`, 400],
    ['a signature of letters', () => `/stream/${recording}?expires=${inSeconds(9)}&sig=zz`, 403],
    ['another time', () => address(recording).replace(/expires=\d+/, `expires=${inSeconds(999)}`), 403],
    ['another name', () => address(others).replace(others, recording), 403],
    ['another key', () => address(recording, { key: 'guess' }), 403],
    ['a key by another name', () => address(recording, { query: '&kid=nobody' }), 403],
    ['yesterday', () => address(recording, { expires: inSeconds(-86_400) }), 403],
    [
      'another client’s address',
      () => address(recording, { bound: '|ip=192.0.2.1', query: '&ip=192.0.2.1' }),
      403,
    ],
    ['an address left out', () => address(recording, { bound: '|ip=127.0.0.1' }), 403],
    ['an address put on', () => address(recording, { query: '&ip=127.0.0.1' }), 403],
    ['nothing of this name, unsigned', () => '/stream/nothing.mp3', 400],
    ['nothing of this name, wrongly signed', () => address(newId(), { key: 'guess' }), 403],
    ['nothing of this name', () => address(newId()), 404],
    ['an original’s own name', () => address('tone.wav'), 404],
    ['a rendition that is not made', () => address(`${recording}-320k.mp3`), 404],
    ['a quality that is not made', () => address(recording, { query: '&quality=320k' }), 404],
    ['a folder', () => '/stream/a/b.mp3', 400],
    ['a way out', () => `/stream/..%2f..%2fetc%2fpasswd?expires=1&sig=${'0'.repeat(64)}`, 400],
    ['a way out, encoded twice', () => '/stream/%252e%252e%252fsecrets', 400],
    ['a way out, the other slash', () => '/stream/..%5c..%5csecrets', 400],
    ['a NUL', () => `/stream/${recording}%00.mp3`, 400],
    ['a name of 600', () => `/stream/${'a'.repeat(600)}`, 400],
    ['a signature of 5,000', () => `/stream/${recording}?expires=1&sig=${'f'.repeat(5_000)}`, 422],
    ['two signatures', () => `${address(recording)}&sig=00`, 422],
  ])('is not given for %s', async (_what, make, status) => {
    const reply = await get(make());
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
    expect(reply.body).not.toContain(here.dataDir);
  });

  // By hand: every client library takes such steps out before it asks.
  test.each(['/stream/../../etc/passwd', '/stream/%2e%2e', '/stream/..', '/stream/./%2e%2e/x'])(
    'is not given for %s as it stands',
    async (target) => {
      const port = Number(new URL(here.app.listeningOrigin).port);
      const request = `GET ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`;
      expect((await sendRaw(port, Buffer.from(request)))?.status).toBe(400);
    },
  );

  test('that leads out of its folder is a security event', async () => {
    const count = async () => {
      const { values } = await here.kernel.metrics.securityEvents.get();
      return values.find(({ labels }) => labels.kind === 'path-traversal')?.value ?? 0;
    };
    const [before, lines] = [await count(), warnings.length];
    await get('/stream/..%2f..%2fetc%2fpasswd');
    expect(await count()).toBe(before + 1);
    expect(warnings.slice(lines).join()).toContain('tried to leave its folder');
  });

  test('given to a person opens for no one who says to be another', async () => {
    const theirs = address(recording, { bound: `|user=${member.id}`, query: `&user=${member.id}` });
    expect((await get(theirs, member.headers)).statusCode).toBe(200);
    expect((await get(theirs)).statusCode).toBe(200);
    expect((await get(theirs, administrator)).statusCode).toBe(403);
  });

  test('lives until a minute past its time', async () => {
    const short = address(recording, { expires: inSeconds(5) });
    clock.advance(64_000);
    expect((await get(short)).statusCode).toBe(200);
    clock.advance(3_000);
    expect((await get(short)).statusCode).toBe(403);
  });
});

describe('keys of an organisation', () => {
  const list = async (headers: Record<string, string>) =>
    (await get('/api/signing-keys', headers)).json().keys;

  test('are made, named, and accepted until the one after next', async () => {
    expect(await list(otherAdministrator)).toEqual([]);
    expect((await get(address(others))).statusCode).toBe(403);
    const first = await rotate(otherAdministrator);
    const with1 = { key: first.secret };
    expect((await get(address(others, with1))).statusCode).toBe(200);
    expect((await get(address(others, { ...with1, query: `&kid=${first.kid}` }))).statusCode).toBe(200);
    const second = await rotate(otherAdministrator);
    expect((await get(address(others, with1))).statusCode).toBe(200);
    expect((await get(address(others, { key: second.secret }))).statusCode).toBe(200);
    expect((await get(address(others, { ...with1, query: `&kid=${second.kid}` }))).statusCode).toBe(403);
    await rotate(otherAdministrator);
    expect((await get(address(others, with1))).statusCode).toBe(403);
    expect((await get(address(others, { key: second.secret }))).statusCode).toBe(200);
    const keys = await list(otherAdministrator);
    expect(keys.map(({ state }: { state: string }) => state)).toEqual(['current', 'previous']);
    expect(JSON.stringify(keys)).not.toContain(second.secret);
  });

  test('open nothing of another organisation, not even under its name', async () => {
    const { secret, kid } = await rotate(otherAdministrator);
    for (const query of ['', `&kid=${kid}`, '&kid=installation']) {
      expect((await get(address(recording, { key: secret, query }))).statusCode).toBe(403);
    }
    expect((await get(address(others))).statusCode).toBe(403);
  });

  test('stand beside SIGNING_KEY, which the default organisation’s back ends go on with', async () => {
    expect(await list(administrator)).toEqual([{ kid: 'installation', state: 'current', created_at: null }]);
    const { secret } = await rotate(administrator);
    expect((await get(address(recording))).statusCode).toBe(200);
    expect((await get(address(recording, { query: '&kid=installation' }))).statusCode).toBe(200);
    expect((await get(address(recording, { key: secret }))).statusCode).toBe(200);
    expect((await list(administrator)).map(({ state }: { state: string }) => state)).toEqual([
      'current',
      'previous',
    ]);
    await rotate(administrator);
    expect((await get(address(recording))).statusCode).toBe(403);
    expect((await get(address(recording, { key: secret }))).statusCode).toBe(200);
  });

  test('sign recordings and their HLS too, and SIGNING_KEY goes on for both', async () => {
    const { secret, kid } = await rotate(otherAdministrator);
    const sign = (key: string, query = '') => {
      const expires = inSeconds(50);
      const sig = createHmac('sha256', key).update(`${others}|${expires}`).digest('hex');
      return `?expires=${expires}&sig=${sig}${query}`;
    };
    for (const query of [sign(secret), sign(secret, `&kid=${kid}`), sign(SIGNING_KEY)]) {
      expect((await get(`/api/recordings/${others}/audio${query}`)).statusCode).toBe(200);
      const master = await get(`/hls/${others}/master.m3u8${query}`);
      expect(master.statusCode).toBe(200);
      expect(master.body).toContain(`playlist.m3u8${query}`);
    }
    expect((await get(`/api/recordings/${others}/audio${sign(secret, '&kid=no')}`)).statusCode).toBe(403);
    expect((await get(`/api/recordings/${recording}/audio${sign(secret)}`)).statusCode).toBe(403);
  });

  test('are for who manages the settings', async () => {
    for (const method of ['GET', 'POST'] as const) {
      const asked = (headers: Record<string, string>) =>
        here.app.inject({ method, url: '/api/signing-keys', headers });
      expect((await asked({})).statusCode).toBe(401);
      expect((await asked(member.headers)).statusCode).toBe(403);
    }
  });

  test('lie in the database sealed, and no reply that tells one is kept', async () => {
    const headers = { ...administrator, 'idempotency-key': 'rotate-once' };
    const { secret } = await rotate(headers);
    const dump = async (table: string) => {
      const { rows } = await here.kernel.db.pool.query(`select row_to_json(t)::text as row from ${table} t`);
      return rows.map(({ row }) => row).join('\n');
    };
    expect(await dump('signing_keys')).toContain(defaultId);
    const shapes = [secret, Buffer.from(secret).toString('hex')];
    for (const table of ['signing_keys', 'idempotency_keys', 'audit_entries']) {
      const text = await dump(table);
      for (const shape of shapes) expect(text).not.toContain(shape);
    }
  });

  test('are as many as rotations, however many come at once', async () => {
    const made = await Promise.all([1, 2, 3].map(() => rotate(administrator)));
    expect(new Set(made.map(({ kid }) => kid)).size).toBe(3);
    expect(await list(administrator)).toHaveLength(2);
    const { rows } = await here.kernel.db.pool.query(
      `select count(*)::int as n from audit_entries where organisation_id = $1 and action = 'media.signing-key-rotated'`,
      [defaultId],
    );
    expect(rows[0].n).toBeGreaterThanOrEqual(3);
  });

  test('sealed under a lost SECRET_KEY sign nothing, and say so', async () => {
    const beside = await buildTestApp({
      beside: here,
      env: { SECRET_KEY: 'another secret, long enough for all' },
    });
    try {
      expect(await beside.composition.media.signingKeys.of(otherId)).toEqual([]);
    } finally {
      await beside.end();
    }
  });
});

describe('the audit trail', () => {
  const entries = async (action: string) => {
    const { rows } = await here.kernel.db.pool.query(
      `select details, ip, target_id from audit_entries where organisation_id = $1 and action = $2 order by id`,
      [otherId, action],
    );
    return rows;
  };

  test('has who opened what and who was refused, not every range, and no more than so many', async () => {
    const { secret, kid } = await rotate(otherAdministrator);
    const user = `listener-${newId()}`;
    const theirs = address(others, { key: secret, bound: `|user=${user}`, query: `&user=${user}` });
    await get(theirs);
    await get(theirs, { range: 'bytes=1000-' });
    await get(theirs);
    await vi.waitFor(async () => {
      const opened = (await entries('media.signed-address-opened')).filter(
        ({ details }) => details.user === user,
      );
      expect(opened).toEqual([{ details: { kid, user }, ip: '127.0.0.1', target_id: others }]);
    });
    for (let i = 0; i < 150; i++) await get(address(others, { key: 'guess', query: `&user=${i}` }));
    await vi.waitFor(async () => {
      const refused = await entries('media.signed-address-refused');
      expect(refused.length).toBeGreaterThanOrEqual(90);
      expect(refused.length).toBeLessThanOrEqual(100);
      expect(refused.at(-1).details.reason).toBe('wrong');
    });
  });

  test('is told at the end how often things repeated', async () => {
    const beside = await buildTestApp({ beside: here, clock });
    const { secret } = await rotate(otherAdministrator);
    const user = `again-${newId()}`;
    const url = address(others, { key: secret, bound: `|user=${user}`, query: `&user=${user}` });
    for (let i = 0; i < 5; i++) await beside.app.inject({ url });
    await beside.end();
    const mine = (await entries('media.signed-address-opened')).filter(
      ({ details }) => details.user === user,
    );
    expect(mine.map(({ details }) => details.repeated ?? 0).toSorted()).toEqual([0, 4]);
  });
});
