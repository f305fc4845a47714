import pino from 'pino';
import Type from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import { door, needs, open, signedIn } from '../auth/access.ts';
import type { Actor, Authenticator, SignedInActor } from '../auth/actor.ts';
import { loadConfig } from '../config/load-config.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { type App, buildApp } from './app.ts';
import { defineProblem, unauthenticated } from './problem.ts';

const ORGANISATION = '0198c0de-0000-7000-8000-000000000001';

const authenticator: Authenticator = {
  authenticate: (token) => {
    if (token === 'broken') throw new Error('the key store is on fire');
    if (token !== 'reader' && token !== 'writer') throw unauthenticated('This token is not valid.');
    const actor: SignedInActor = {
      organisationId: ORGANISATION,
      personId: `person-${token}`,
      sessionId: 'session',
      permissions: new Set(token === 'writer' ? ['things.write'] : []),
      isPlatformAdmin: false,
    };
    return token === 'writer' ? Promise.resolve(actor) : actor;
  },
  anonymous: (host): Actor => ({
    organisationId: host === 'other.test' ? 'other' : ORGANISATION,
    personId: null,
    sessionId: null,
    permissions: new Set(),
    isPlatformAdmin: false,
  }),
};

const SECRETS = { SECRET_KEY: 'x'.repeat(40), SIGNING_KEY: 'y'.repeat(40), INTERNAL_API_KEY: 'z'.repeat(40) };
const testConfig = (env: Record<string, string> = {}) =>
  loadConfig({ VERSION: '1.2.3', ...SECRETS, ...env }, { cwd: import.meta.dirname });

let app: App | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

const teapot = defineProblem('conflict', 'kitchen.teapot', 'A teapot');

async function start(env: Record<string, string> = {}, log = pino({ level: 'silent' })): Promise<App> {
  const config = testConfig(env);
  const built = await buildApp({ config, log, metrics: createMetrics('test'), authenticator, redis: null });
  built.get('/api/things', { config: { access: open('test') } }, (request) => ({
    organisation: request.actor.organisationId,
    person: request.actor.personId,
  }));
  built.post(
    '/api/things',
    {
      config: { access: needs('things.write') },
      schema: {
        body: Type.Object({ title: Type.String({ minLength: 1 }), count: Type.Optional(Type.Integer()) }),
        response: { 200: Type.Object({ title: Type.String() }) },
      },
    },
    (request) => ({ title: request.body.title }),
  );
  built.get(
    '/api/things/:number',
    {
      config: { access: signedIn },
      schema: {
        params: Type.Object({ number: Type.Integer() }),
        querystring: Type.Object({ deep: Type.Optional(Type.Boolean()) }),
      },
    },
    (request) => ({ number: request.params.number, deep: request.query.deep ?? null }),
  );
  built.get('/api/door', { config: { access: door('test') } }, () => 'come in');
  built.get('/api/teapot', { config: { access: open('test') } }, () => {
    throw teapot('It is short and stout.', { members: { height_cm: 12 }, headers: { 'retry-after': '3' } });
  });
  built.get('/api/crash', { config: { access: open('test') } }, () => {
    throw new Error('password=hunter2');
  });
  built.get('/api/strict', { config: { access: open('test'), budget: 'strict' } }, () => 'ok');
  await built.ready();
  app = built;
  return built;
}

const as = (token: string) => ({ authorization: `Bearer ${token}` });

describe('addresses', () => {
  it.each(['/api/things', '/api/things/', '/api/v1/things', '/api/v1/things/', '/api/v1/things?x=1'])(
    'answers %s',
    async (url) => {
      const reply = await (await start()).inject(url);
      expect(reply.statusCode).toBe(200);
    },
  );

  it('leaves /api/v10 alone and answers 404 with the address as it was written', async () => {
    const reply = await (await start()).inject('/api/v1/nothing?secret=1');
    expect(reply.statusCode).toBe(404);
    expect(reply.headers['content-type']).toContain('application/problem+json');
    expect(reply.json()).toMatchObject({ status: 404, instance: '/api/v1/nothing', title: 'Not found' });
    expect((await app?.inject('/api/v10/things'))?.statusCode).toBe(404);
  });
});

describe('who may call', () => {
  it('refuses to register a route that does not say', async () => {
    const built = await start().then(async () => {
      const config = testConfig();
      return buildApp({
        config,
        log: pino({ level: 'silent' }),
        metrics: createMetrics('t'),
        authenticator,
        redis: null,
      });
    });
    expect(() => built.get('/api/open-by-mistake', () => 'ok')).toThrow(/does not say who may call/);
    await built.close();
  });

  it('asks for a token, then for the permission', async () => {
    const built = await start();
    const body = { title: 'one' };
    const nobody = await built.inject({ method: 'POST', url: '/api/things', payload: body });
    expect(nobody.statusCode).toBe(401);
    expect(nobody.headers['www-authenticate']).toBe('Bearer');
    const reader = await built.inject({
      method: 'POST',
      url: '/api/things',
      payload: body,
      headers: as('reader'),
    });
    expect(reader.statusCode).toBe(403);
    expect(reader.json().detail).toContain('things.write');
    const writer = await built.inject({
      method: 'POST',
      url: '/api/things',
      payload: body,
      headers: as('writer'),
    });
    expect(writer.statusCode).toBe(200);
  });

  it('refuses a wrong token even where none is needed', async () => {
    const reply = await (await start()).inject({ url: '/api/things', headers: as('forged') });
    expect(reply.statusCode).toBe(401);
  });

  it('does not look at the token where a new one is fetched', async () => {
    const reply = await (await start()).inject({ url: '/api/door', headers: as('forged') });
    expect(reply.body).toBe('come in');
  });

  it('chooses the organisation of a reader without a token by the Host header', async () => {
    const reply = await (await start()).inject({ url: '/api/things', headers: { host: 'other.test:8000' } });
    expect(reply.json()).toEqual({ organisation: 'other', person: null });
  });

  it('turns a failure of sign-in itself into a 500 without its words', async () => {
    const reply = await (await start()).inject({ url: '/api/things', headers: as('broken') });
    expect(reply.statusCode).toBe(500);
    expect(reply.body).not.toContain('on fire');
  });
});

describe('what is sent', () => {
  const send = async (payload: string, type = 'application/json') =>
    (await start()).inject({
      method: 'POST',
      url: '/api/v1/things/',
      payload,
      headers: { ...as('writer'), 'content-type': type },
    });

  it('is 400 when it is no JSON, 415 when it is something else, 413 when it is too long', async () => {
    expect((await send('{"title":')).statusCode).toBe(400);
    expect(
      (
        await app?.inject({
          method: 'POST',
          url: '/api/things',
          payload: '<a/>',
          headers: { ...as('writer'), 'content-type': 'text/xml' },
        })
      )?.statusCode,
    ).toBe(415);
    const long = await app?.inject({
      method: 'POST',
      url: '/api/things',
      payload: { title: 'x'.repeat(2_000_000) },
      headers: as('writer'),
    });
    expect(long?.statusCode).toBe(413);
  });

  it('is never coerced: a number for a title is a 422 that names the field', async () => {
    const reply = await send('{"title":123,"count":"4"}');
    expect(reply.statusCode).toBe(422);
    expect(reply.json().errors).toEqual([
      { field: 'title', message: 'must be string' },
      { field: 'count', message: 'must be integer' },
    ]);
  });

  it('names a missing field', async () => {
    const reply = await send('{}');
    expect(reply.statusCode).toBe(422);
    expect(reply.json().errors[0].field).toBe('title');
    expect(reply.json().instance).toBe('/api/v1/things/');
  });

  it('is coerced in an address, and an address that cannot be is 404', async () => {
    const built = await start();
    const reply = await built.inject({ url: '/api/things/12?deep=true', headers: as('reader') });
    expect(reply.json()).toEqual({ number: 12, deep: true });
    expect((await built.inject({ url: '/api/things/twelve', headers: as('reader') })).statusCode).toBe(404);
    expect((await built.inject({ url: '/api/things/1?deep=maybe', headers: as('reader') })).statusCode).toBe(
      422,
    );
  });
});

describe('errors', () => {
  it('carry code, members and headers of their problem', async () => {
    const reply = await (await start()).inject('/api/teapot');
    expect(reply.statusCode).toBe(409);
    expect(reply.headers['retry-after']).toBe('3');
    expect(reply.json()).toEqual({
      type: 'urn:antenne:problem:kitchen.teapot',
      title: 'A teapot',
      status: 409,
      detail: 'It is short and stout.',
      instance: '/api/teapot',
      height_cm: 12,
    });
  });

  it('that nobody meant say only their id', async () => {
    const reply = await (await start()).inject({
      url: '/api/crash',
      headers: { 'x-request-id': 'from-the-client-1' },
    });
    expect(reply.statusCode).toBe(500);
    expect(reply.body).not.toContain('hunter2');
    expect(reply.json().detail).toContain('from-the-client-1');
    expect(reply.headers['x-request-id']).toBe('from-the-client-1');
  });

  it('replace a request id that could break a log line', async () => {
    const reply = await (await start()).inject({
      url: '/api/teapot',
      headers: { 'x-request-id': 'a b\u0007' },
    });
    expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('limits', () => {
  it('count per budget and say what is left', async () => {
    const built = await start({ RATE_LIMIT_PER_MINUTE: '3' });
    const first = await built.inject('/api/things');
    expect(first.headers['x-ratelimit-limit']).toBe('3');
    expect(first.headers['x-ratelimit-remaining']).toBe('2');
    await built.inject('/api/things');
    await built.inject('/api/things');
    const refused = await built.inject('/api/things');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['x-ratelimit-remaining']).toBe('0');
    expect((await built.inject('/api/strict')).statusCode).toBe(200);
    expect((await built.inject({ url: '/api/things', headers: as('reader') })).statusCode).toBe(200);
  });

  it('count a whole IPv6 network of a customer as one client', async () => {
    const built = await start({ RATE_LIMIT_PER_MINUTE: '2' });
    const from = async (remoteAddress: string) =>
      (await built.inject({ url: '/api/things', remoteAddress })).statusCode;
    expect(await from('2001:db8:1:2::1')).toBe(200);
    expect(await from('2001:db8:1:2::2')).toBe(200);
    expect(await from('2001:db8:1:2:ffff::3')).toBe(429);
    expect(await from('2001:db8:1:3::1')).toBe(200);
  });

  it('also count tokens that are wrong', async () => {
    const built = await start({ RATE_LIMIT_PER_MINUTE: '2' });
    const statuses = [];
    for (let i = 0; i < 4; i++)
      statuses.push((await built.inject({ url: '/api/things', headers: as(`guess${i}`) })).statusCode);
    expect(statuses).toEqual([401, 401, 429, 429]);
  });
});

describe('headers', () => {
  it('forbid sniffing, framing and foreign scripts', async () => {
    const reply = await (await start()).inject('/api/things');
    expect(reply.headers['x-content-type-options']).toBe('nosniff');
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('open the API to the configured origins only', async () => {
    const built = await start({ CORS_ORIGINS: 'https://radio.test' });
    const allowed = await built.inject({ url: '/api/things', headers: { origin: 'https://radio.test' } });
    expect(allowed.headers['access-control-allow-origin']).toBe('https://radio.test');
    const other = await built.inject({ url: '/api/things', headers: { origin: 'https://evil.test' } });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    const preflight = await built.inject({
      method: 'OPTIONS',
      url: '/api/things',
      headers: { origin: 'https://radio.test', 'access-control-request-method': 'DELETE' },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-methods']).toContain('DELETE');
  });
});

describe('the contract', () => {
  it('is OpenAPI 3.1 with sign-in by password and problems on every route', async () => {
    const reply = await (await start()).inject('/openapi.json');
    const contract = reply.json();
    expect(contract.openapi).toBe('3.1.0');
    expect(contract.components.securitySchemes.password.flows.password.tokenUrl).toBe('/api/auth/token');
    const post = contract.paths['/api/things'].post;
    expect(post.security).toEqual([{ password: [] }, { bearer: [] }]);
    expect(JSON.stringify(post.responses['4XX'])).toContain('#/components/schemas/Problem');
    expect((await app?.inject('/docs/'))?.statusCode).toBe(200);
    expect((await app?.inject('/redoc'))?.body).toContain('/openapi.json');
    expect((await app?.inject('/redoc/redoc.js'))?.statusCode).toBe(200);
  });
});

describe('the log', () => {
  it('has one line per request, without the query', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    await (await start({}, log)).inject('/api/v1/things?token=hidden');
    const requests = lines.map((line) => JSON.parse(line)).filter((line) => line.msg === 'request');
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: 'GET', path: '/api/v1/things', status: 200 });
    expect(lines.join('')).not.toContain('hidden');
  });
});
