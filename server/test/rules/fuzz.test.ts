import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../harness/app.ts';
import { createOrganisation, createPerson, createSignedIn, signInAs } from '../harness/factories/accounts.ts';
import { createDebat } from '../harness/factories/archive.ts';
import { createReadyRecording } from '../harness/factories/media.ts';
import { createTranscription } from '../harness/factories/transcription.ts';
import { type RawReply, sendRaw } from '../harness/raw-request.ts';
import { headers, query, segment } from './hostile-addresses.ts';
import { type Body, body } from './hostile-bodies.ts';
import { fitting, type Schema } from './hostile-values.ts';

/** FUZZ_SEED repeats a run; FUZZ_RUNS asks each address more often. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.FUZZ_RUNS ?? (process.env.ANTENNE_TEST_LONG === '1' ? 300 : 50));

interface Operation {
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}
interface Contract {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
const CONTRACT: Contract = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../openapi.json', import.meta.url)), 'utf8'),
);
const OPERATIONS = Object.entries(CONTRACT.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);
/** Each answers by hashing a password: asked less often. */
const DOORS = /^\/api\/(auth|setup$)|\/password$/;

const WHO = ['nobody', 'member', 'administrator'] as const;
type Who = (typeof WHO)[number];

let test: TestApp;
let port: number;
let tokens: Record<Who, string | null>;
/** Things that exist, by the beginning of the addresses that name them; those that may be deleted apart. */
let there: Record<string, string[]>;
let toDelete: Record<string, string[]>;

/** Lines of the log that tell of a failure of ours. */
const failures: unknown[] = [];
const log = pino({ level: 'error' }, { write: (line) => void failures.push(JSON.parse(line)) });

beforeAll(async () => {
  // Each request comes from an address of its own, so that guessing meets the guard and not only the limit.
  test = await buildTestApp({ env: { TRUSTED_PROXIES: '127.0.0.1' }, log });
  port = Number(new URL(await test.listen()).port);
  const organisation = await createOrganisation(test, { isDefault: true });
  const admin = await createSignedIn(test, { organisation, isPlatformAdmin: true });
  const member = await createPerson(test, organisation.id);
  tokens = {
    nobody: null,
    member: (await signInAs(test, member)).accessToken,
    administrator: admin.session.accessToken,
  };
  there = await makeThings(organisation.id);
  toDelete = await makeThings(organisation.id);
});
afterAll(() => test.end());

async function makeThings(organisationId: string): Promise<Record<string, string[]>> {
  const recording = await createReadyRecording(test, organisationId, { visibility: 'public' });
  const heard = await createReadyRecording(test, organisationId, { visibility: 'public' });
  const debats = [
    await createDebat(test, organisationId),
    await createDebat(test, organisationId, { recording_id: heard }),
  ];
  const person = await createPerson(test, organisationId);
  const transcription = await createTranscription(test, organisationId, heard);
  const upload = await test.app.inject({
    method: 'POST',
    url: '/api/uploads',
    headers: {
      authorization: `Bearer ${tokens.administrator}`,
      'tus-resumable': '1.0.0',
      'upload-length': '9',
    },
  });
  return {
    '/api/debats': debats,
    '/api/recordings': [recording, heard],
    '/api/transcriptions': [transcription],
    '/api/admin/users': [person.id],
    '/api/uploads': [upload.json().id],
  };
}

interface Sent {
  who: Who;
  method: string;
  target: string;
  given: readonly (readonly [string, string])[];
  sent: Body | null;
}

let serial = 0;

/** The request as bytes: written by hand, since every client library mends what it is given. */
function bytesOf({ who, method, target, given, sent }: Sent): Buffer {
  serial += 1;
  const token = tokens[who];
  const own: (readonly [string, string])[] = [
    ['host', '127.0.0.1'],
    ['connection', 'close'],
    ['x-forwarded-for', `10.${(serial >> 16) & 255}.${(serial >> 8) & 255}.${serial & 255}`],
    ...(token === null ? [] : [['authorization', `Bearer ${token}`] as const]),
    ...(sent?.type ? [['content-type', sent.type] as const] : []),
    ...(sent ? [['content-length', String(sent.bytes.length)] as const] : []),
  ];
  const names = new Set(given.map(([name]) => name));
  const lines = [...own.filter(([name]) => !names.has(name)), ...given].map(
    ([name, value]) => `${name}: ${value}`,
  );
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return Buffer.concat([head, sent?.bytes ?? Buffer.alloc(0)]);
}

/** What must never be read in an error: a stack, a statement, a place on the server's disk. */
const LEAKS = [
  /\n\s+at .+:\d+/,
  /file:\/\/\//,
  /node_modules/,
  /\/server\/(src|test)\//,
  /syntax error at|violates|invalid input syntax|invalid byte sequence|relation "|column "/,
  /\b(insert into|delete from|select .+ from) /i,
  /FST_|ERR_|ECONN|Error:/,
];

/** Holds any reply of the server to what every reply promises. */
function check(reply: RawReply | null, method: string): void {
  if (reply === null) return;
  const { status, headers: got } = reply;
  const shown = reply.body.subarray(0, 2_000).toString();
  expect(status, shown).toBeLessThan(500);
  expect(got['set-cookie'] ?? '').not.toContain('a=b');
  if (got['content-type']?.includes('json')) expect(reply.body.toString()).not.toContain(test.dataDir);
  if (status < 400 || method === 'HEAD') return;
  expect(got['content-type'], `${status} ${shown}`).toBe('application/problem+json; charset=utf-8');
  const problem = JSON.parse(reply.body.toString());
  expect(problem).toMatchObject({
    type: expect.stringMatching(/^urn:antenne:problem:[a-z0-9.-]+$/),
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/^.+[.)?]$/s),
    instance: expect.stringMatching(/^[/*]/),
  });
  // The instance is the client's own words.
  const words = Object.values({ ...problem, instance: '' })
    .map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
    .join('\n');
  for (const leak of LEAKS) expect(words).not.toMatch(leak);
  // What only the database refused was not looked at by us.
  expect(words).not.toMatch(/character that cannot be kept|Someone else has just changed/);
}

async function ask(request: Sent): Promise<RawReply | null> {
  const reply = await sendRaw(port, bytesOf(request));
  // Whoever is spoken to in whole requests answers.
  expect(reply, 'the connection was closed without a reply').not.toBeNull();
  check(reply, request.method);
  return reply;
}

/** Operations that have done what they are for, all the same: the rest of the house has been seen too. */
const succeeded = new Set<string>();

/** Requests to one address, made from its part of the contract. */
function requestsTo({ method, path, operation }: (typeof OPERATIONS)[number]): fc.Arbitrary<Sent> {
  const params = operation.parameters ?? [];
  const inQuery = params.filter((each) => each.in === 'query').map(({ name, schema }) => [name, schema]);
  const known = method === 'DELETE' ? toDelete : there;
  const ids = Object.entries(known).find(([start]) => path.startsWith(start))?.[1] ?? ['x'];
  const target = fc
    .tuple(
      path.includes('{') ? segment(ids) : fc.constant(''),
      query(Object.fromEntries(inQuery)),
      fc.constantFrom('', '', '', '', '', '', '/', '/', '//'),
      fc.constantFrom('/api/', '/api/', '/api/v1/'),
    )
    .map(([id, search, end, root]) => {
      const address = path.replace('/api/', root).replace(/\{\w+\}/, () => id) + end;
      return search === '' ? address : `${address}?${search}`;
    });
  return fc.record({
    who: fc.constantFrom(...(path === '/api/auth/logout' ? (['nobody'] as const) : WHO)),
    method: fc.constant(method),
    target,
    given: fc.tuple(headers, headersOf(params)).map(([odd, own]) => [...odd, ...own]),
    sent: method === 'GET' || method === 'HEAD' ? fc.constant(null) : bodyOf(operation, Object.values(there)),
  });
}

/** Headers that an address asks for; the key of a request is tried elsewhere. */
function headersOf(
  params: NonNullable<Operation['parameters']>,
): fc.Arbitrary<(readonly [string, string])[]> {
  const odd = fc.constantFrom('', '-1', '1e3', '9'.repeat(20), 'a b,c', '===');
  const named = params
    .filter((each) => each.in === 'header' && each.name !== 'Idempotency-Key')
    .map(({ name, schema }) => {
      const fits = fitting(schema, CONTRACT.components.schemas, []).map((value) =>
        String(value).replaceAll(/[^\x20-\x7e]/g, '?'),
      );
      return fc
        .oneof({ weight: 9, arbitrary: fits }, { weight: 1, arbitrary: odd })
        .map((value) => [name, value] as const);
    });
  return fc.tuple(...named);
}

function bodyOf({ requestBody }: Operation, known: string[][]): fc.Arbitrary<Body | null> {
  const [type = 'application/json', content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const written = type === 'multipart/form-data' ? `${type}; boundary=b` : type;
  const fits = fitting(content?.schema ?? {}, CONTRACT.components.schemas, known.flat());
  return fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 9, arbitrary: body(fits, written) });
}

describe(`hostile requests (seed ${seed})`, () => {
  it.each(OPERATIONS.map((each) => [each.method, each.path, each] as const))(
    '%s %s answers each of them',
    async (method, path, operation) => {
      const runs = DOORS.test(path) ? Math.ceil(numRuns / 3) : numRuns;
      const one = fc.asyncProperty(requestsTo(operation), async (request) => {
        const reply = await ask(request);
        if (reply && reply.status < 400) succeeded.add(`${method} ${path}`);
      });
      await fc.assert(one, { seed, numRuns: runs });
    },
  );

  it('are answered on pages, documents and addresses that do not exist', async () => {
    const hidden = test.routes.filter(({ isInContract }) => !isInContract).map(({ url }) => url);
    expect(hidden).toContain('/*');
    const starts = [...hidden, '/', '/assets/*', '/api/*', '/api/v1', '/stream/*', '//*', '/*/*'];
    const requests = fc.record({
      who: fc.constantFrom(...WHO),
      method: fc.constantFrom('GET', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'TRACE', 'PROPFIND', 'QUERY'),
      target: fc
        .tuple(fc.constantFrom(...starts), segment(['x']), query({}))
        .map(([start, piece, search]) => `${start.replaceAll('*', () => piece)}${search && `?${search}`}`),
      given: headers,
      sent: fc.constant(null),
    });
    await fc.assert(
      fc.asyncProperty(requests, async (each) => void (await ask(each))),
      { seed, numRuns: numRuns * 6 },
    );
  });

  it('are answered on every address with every method', async () => {
    const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'];
    for (const path of Object.keys(CONTRACT.paths)) {
      const target = path.replace(/\{\w+\}/, 'x');
      for (const method of methods) await ask({ who: 'nobody', method, target, given: [], sent: null });
    }
  });
});

/** The administrator's, so that it is the body that matters; `TOKEN` is put in when there is one. */
const HEAD =
  'POST /api/debats HTTP/1.1\r\nhost: x\r\nauthorization: Bearer TOKEN\r\ncontent-type: application/json\r\n';
const FORM = HEAD.replace('debats', 'recordings').replace(
  'application/json',
  'multipart/form-data; boundary=b',
);
const signed = (request: string) =>
  Buffer.from(request.replace('TOKEN', tokens.administrator ?? ''), 'latin1');
/** Bytes that are no right request, or not all of one; each is all that the client will ever send. */
const BROKEN: readonly string[] = [
  '',
  '\r\n\r\n',
  '\u0000\u0001\u0002',
  'GET\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'GET / HTTP/9.9\r\nhost: x\r\n\r\n',
  'GET api HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET http://elsewhere.example/api/debats HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
  'GET * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
  'CONNECT elsewhere.example:443 HTTP/1.1\r\nhost: x\r\n\r\n',
  'BREW /pot HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: x\r\nbad name: y\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: x\r\nname: a\u0000b\r\n\r\n',
  'GET / HTTP/1.1\nhost: x\n\n',
  'GET / HTTP/1.1\r\nhost: x\r\n folded: y\r\n\r\n',
  `GET /${'x'.repeat(70_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(5_000)}\r\n`,
  `${HEAD}content-length: 5\r\n\r\n{}`,
  `${HEAD}content-length: 1\r\nconnection: close\r\n\r\n{}`,
  `${HEAD}content-length: -1\r\n\r\n{}`,
  `${HEAD}content-length: 99999999999999999999\r\n\r\n{}`,
  `${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
  `${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  `${HEAD}transfer-encoding: chunked\r\nconnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  `${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
  `${HEAD}transfer-encoding: chunked\r\n\r\nffffffffffffffff1\r\n{}`,
  `${HEAD}transfer-encoding: gzip, chunked\r\nconnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  `${HEAD}transfer-encoding: identity\r\n\r\n{}`,
  `${HEAD}transfer-encoding: chunked\r\n\r\n2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
  `${HEAD}expect: 100-continue\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`,
  `${HEAD}idempotency-key: cut\r\ncontent-length: 5\r\n\r\n{}`,
  `${FORM}content-length: 500\r\n\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nRIFF`,
  `${FORM}transfer-encoding: chunked\r\n\r\n5\r\n--b\r\n\r\n`,
  'GET /ws HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
  'GET /ws HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: !\r\nsec-websocket-version: 99\r\n\r\n',
  'GET /api/debats HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
];

describe('what is no request', () => {
  it.each(BROKEN.map((each) => [each.slice(0, 120), each] as const))('%j', async (_shown, bytes) => {
    const reply = await sendRaw(port, signed(bytes), { thenEnd: true });
    check(reply, 'GET');
  });

  it(`nor what has been damaged on its way (seed ${seed})`, async () => {
    const whole = signed(`${HEAD}content-length: 2\r\nconnection: close\r\n\r\n{}`);
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
    const one = fc.asyncProperty(damage, async (changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) bytes[at] = value;
      check(await sendRaw(port, bytes, { thenEnd: true }), bytes.toString('latin1', 0, 4));
    });
    await fc.assert(one, { seed, numRuns: numRuns * 5 });
  });
});

describe('after all that', () => {
  it('nothing has failed inside, for those either who did not stay for the reply', () => {
    expect(failures).toEqual([]);
  });

  it('the application answers as before', async () => {
    const authorization = `Bearer ${tokens.administrator}`;
    for (const url of ['/health', '/api/debats', '/api/recordings', '/api/user/me', '/openapi.json']) {
      const reply = await test.app.inject({ url, headers: { authorization } });
      expect([url, reply.statusCode]).toEqual([url, 200]);
    }

    expect(succeeded.size, [...succeeded].join()).toBeGreaterThan(OPERATIONS.length / 2);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('isAdmin');
  });
});
