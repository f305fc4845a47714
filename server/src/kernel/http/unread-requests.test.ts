import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendRaw } from '../../../test/harness/raw-request.ts';
import { open } from '../auth/access.ts';
import type { Authenticator } from '../auth/actor.ts';
import { loadConfig } from '../config/load-config.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { type App, buildApp } from './app.ts';

const NOBODY = {
  organisationId: '0198c0de-0000-7000-8000-000000000001',
  personId: null,
  sessionId: null,
  permissions: new Set<string>(),
  isPlatformAdmin: false,
};
const authenticator: Authenticator = {
  authenticate: () => ({ ...NOBODY, personId: 'p', sessionId: 's' }),
  anonymous: () => NOBODY,
};

let app: App;
let port: number;
let logged: string[];
/** Statuses of replies, those that nobody waited for among them. */
let answered: number[];
beforeAll(async () => {
  const secrets = {
    SECRET_KEY: 'x'.repeat(40),
    SIGNING_KEY: 'y'.repeat(40),
    INTERNAL_API_KEY: 'z'.repeat(40),
  };
  const config = loadConfig({ VERSION: '1.2.3', ...secrets }, { cwd: import.meta.dirname });
  const log = pino({ level: 'warn' }, { write: (line) => void logged.push(line) });
  app = await buildApp({
    config,
    log,
    metrics: createMetrics('test'),
    authenticator,
    redis: null,
    maxLagMs: 0,
  });
  app.addHook('onSend', async (_request, reply) => void answered.push(reply.statusCode));
  const access = open('test');
  app.get('/things/:name', { config: { access } }, () => 'a thing');
  app.post('/things', { config: { access } }, (request) => ({ got: request.body }));
  app.route({
    method: 'GET',
    url: '/socket',
    config: { access },
    handler: () => 'no socket',
    wsHandler: (socket) => socket.close(),
  });
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(() => app.close());
beforeEach(() => {
  answered = [];
  logged = [];
});

const send = async (request: string, thenEnd = false) => {
  const reply = await sendRaw(port, Buffer.from(request, 'latin1'), { thenEnd });
  return reply && { ...reply, text: reply.body.toString() };
};

describe('what never reaches a route is answered as a problem', () => {
  it.each<[string, string, number, string]>([
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'malformed'],
    ['a header that is none', 'GET / HTTP/1.1\r\nhost: x\r\nbad name: y\r\n\r\n', 400, 'malformed'],
    [
      'headers beyond 16 kB',
      `GET / HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
    ['no host', 'GET /things/a HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'malformed'],
    [
      'miracles expected',
      'GET /things/a HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\n\r\n',
      417,
      'expectation-failed',
    ],
    ['no right percent-code', 'GET /things/%ff HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'malformed'],
    [
      'too long a name',
      `GET /things/${'x'.repeat(501)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      400,
      'address-too-long',
    ],
    [
      'half a handshake',
      'GET /socket HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
      400,
      'malformed',
    ],
  ])('%s', async (_name, request, status, code) => {
    const reply = await send(request);
    expect(reply?.status).toBe(status);
    expect(reply?.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(JSON.parse(reply?.text ?? '')).toEqual({
      type: `urn:antenne:problem:${code}`,
      title: expect.stringMatching(/\w/),
      status,
      detail: expect.stringMatching(/\.$/),
      instance: expect.stringMatching(/^\//),
    });
    expect(logged).toEqual([]);
  });

  it('but HTTP/1.0 needs no host', async () => {
    expect((await send('GET /things/a HTTP/1.0\r\n\r\n'))?.text).toBe('a thing');
  });

  it('and 100-continue is what may be expected', async () => {
    const head =
      'POST /things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n';
    expect((await send(`${head}expect: 100-continue\r\n\r\n{}`))?.text).toBe('{"got":{}}');
  });

  it('and OPTIONS is answered, preflight or not', async () => {
    expect((await app.inject({ method: 'OPTIONS', url: '/things' })).statusCode).toBe(204);
  });
});

describe('a client that leaves in the middle of its request', () => {
  it.each(['application/json', 'application/x-www-form-urlencoded'])(
    'is no failure of ours: %s',
    async (type) => {
      const head = `POST /things HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: 50\r\n\r\n`;
      await send(`${head}{"a"`, true);
      await expect.poll(() => answered).toEqual([400]);
      expect(logged).toEqual([]);
    },
  );
});
