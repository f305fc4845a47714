import { EventEmitter } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import {
  createOrganisation,
  createPerson,
  signInAs,
  stoppedClock,
  TEST_PASSWORD,
  type TestSession,
} from '../../../test/harness/factories/accounts.ts';
import { runSql } from '../../kernel/db/db.ts';
import { tidy } from './housekeeping.ts';
import { SESSION_REVOKED } from './news.ts';
import type { Organisation } from './organisation.ts';

const DAY_MS = 86_400_000;
const clock = stoppedClock();
let test: TestApp;
let radio: Organisation;

beforeAll(async () => {
  test = await buildTestApp({ clock });
  radio = await createOrganisation(test, { isDefault: true });
});
afterAll(() => test.end());

let lastAddress = 0;
const freshAddress = () => {
  lastAddress += 1;
  return `10.8.${lastAddress >> 8}.${lastAddress & 255}`;
};

const refresh = (refresh_token: string, app = test.app) =>
  app.inject({
    method: 'POST',
    url: '/api/auth/refresh',
    payload: { refresh_token },
    remoteAddress: freshAddress(),
  });
const logout = (given: {
  headers?: Record<string, string>;
  payload?: object;
  cookies?: Record<string, string>;
}) => test.app.inject({ method: 'POST', url: '/api/auth/logout', ...given });
const me = (accessToken: string, app = test.app) =>
  app.inject({ url: '/api/user/me', headers: { authorization: `Bearer ${accessToken}` } });
const signedIn = async () => signInAs(test, await createPerson(test, radio.id));

describe('refreshing', () => {
  it('exchanges the token for a successor of the same session', async () => {
    const first = await signedIn();
    const reply = await refresh(first.refreshToken);
    expect(reply.statusCode).toBe(200);
    const next = reply.json();
    expect(Object.keys(next)).toEqual(['access_token', 'token_type', 'expires_in', 'refresh_token']);
    expect(next.refresh_token).not.toBe(first.refreshToken);
    expect(reply.headers['cache-control']).toBe('no-store');
    expect((await me(next.access_token)).statusCode).toBe(200);
    const sid = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid;
    expect(sid(next.access_token)).toBe(sid(first.accessToken));
  });

  it('gives the same successor to the same token within ten seconds', async () => {
    const { refreshToken } = await signedIn();
    const first = (await refresh(refreshToken)).json();
    clock.advance(9_000);
    const again = await refresh(refreshToken);
    expect(again.statusCode).toBe(200);
    expect(again.json().refresh_token).toBe(first.refresh_token);
    expect((await refresh(first.refresh_token)).statusCode).toBe(200);
  });

  it('gives the same successor to two that come at once, in two processes', async () => {
    const beside = await buildTestApp({ beside: test });
    const { refreshToken } = await signedIn();
    const apps = [test.app, beside.app, test.app, beside.app];
    const replies = await Promise.all(apps.map((app) => refresh(refreshToken, app)));
    expect(replies.map((reply) => reply.statusCode)).toEqual([200, 200, 200, 200]);
    expect(new Set(replies.map((reply) => reply.json().refresh_token)).size).toBe(1);
    await beside.end();
  });

  it('ends the whole session when a used token comes back later, and keeps a record of it', async () => {
    const first = await signedIn();
    const second = (await refresh(first.refreshToken)).json();
    const third = (await refresh(second.refresh_token)).json();
    expect((await me(third.access_token)).statusCode).toBe(200);
    clock.advance(11_000);
    expect((await refresh(first.refreshToken)).statusCode).toBe(401);
    expect((await me(third.access_token)).statusCode).toBe(401);
    expect((await refresh(third.refresh_token)).statusCode).toBe(401);
    const sql = "select count(*) as n from audit_entries where action = 'accounts.refresh-token-reused'";
    const [row] = await runSql<{ n: number }>(test.kernel.db.kysely, sql);
    expect(row?.n).toBe(1);
    const { values } = await test.kernel.metrics.securityEvents.get();
    expect(values).toMatchObject([{ value: 1, labels: { kind: 'refresh-token-reused' } }]);
  });

  it('leaves the other sessions of the person alone', async () => {
    const person = await createPerson(test, radio.id);
    const stolen = await signInAs(test, person);
    const other = await signInAs(test, person);
    await refresh(stolen.refreshToken);
    clock.advance(11_000);
    await refresh(stolen.refreshToken);
    expect((await me(stolen.accessToken)).statusCode).toBe(401);
    expect((await me(other.accessToken)).statusCode).toBe(200);
  });

  it('is over after thirty days without use, and after half a year with', async () => {
    const idle = await signedIn();
    clock.advance(30 * DAY_MS);
    expect((await refresh(idle.refreshToken)).statusCode).toBe(401);
    let { refreshToken } = await signedIn();
    for (let days = 0; days < 174; days += 29) {
      clock.advance(29 * DAY_MS);
      const reply = await refresh(refreshToken);
      expect(reply.statusCode).toBe(200);
      refreshToken = reply.json().refresh_token;
    }
    clock.advance(7 * DAY_MS);
    expect((await refresh(refreshToken)).statusCode).toBe(401);
  });

  it.each(['x', "' or 1=1", 'é'.repeat(150), '\u0000', 'A'.repeat(43)])('refuses %j', async (token) => {
    expect((await refresh(token)).statusCode).toBe(401);
  });

  it('refuses unknown fields and no token at all', async () => {
    const post = (payload?: object) =>
      test.app.inject({ method: 'POST', url: '/api/auth/refresh', payload, remoteAddress: freshAddress() });
    expect((await post({ refresh_token: 'x', sid: 'y' })).statusCode).toBe(422);
    expect((await post({ refresh_token: 5 })).statusCode).toBe(422);
    expect((await post({})).statusCode).toBe(422);
    expect((await post()).json().errors).toEqual([{ field: 'refresh_token', message: 'is missing' }]);
  });

  it('is kept by the server as hashes only', async () => {
    const { refreshToken } = await signedIn();
    const next = (await refresh(refreshToken)).json().refresh_token;
    const rows = await runSql<{ row: string }>(
      test.kernel.db.kysely,
      'select t::text as row from refresh_tokens t union all select s::text from sessions s',
    );
    const text = rows.map(({ row }) => row).join('\n');
    for (const token of [refreshToken, next]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
    }
  });
});

describe('signing out', () => {
  it('ends the access token and the refresh token at once', async () => {
    const { headers, accessToken, refreshToken } = await signedIn();
    expect((await me(accessToken)).statusCode).toBe(200);
    const reply = await logout({ headers });
    expect([reply.statusCode, reply.body]).toEqual([204, '']);
    expect((await me(accessToken)).statusCode).toBe(401);
    expect((await refresh(refreshToken)).statusCode).toBe(401);
  });

  it('by the refresh token alone does the same, even by a used one', async () => {
    const { accessToken, refreshToken } = await signedIn();
    await refresh(refreshToken);
    expect((await logout({ payload: { refresh_token: refreshToken } })).statusCode).toBe(204);
    expect((await me(accessToken)).statusCode).toBe(401);
  });

  it('is felt in another process without a word from the database', async () => {
    const beside = await buildTestApp({ beside: test });
    const { headers, accessToken } = await signedIn();
    expect((await me(accessToken, beside.app)).statusCode).toBe(200);
    await logout({ headers });
    await vi.waitFor(async () => expect((await me(accessToken, beside.app)).statusCode).toBe(401), {
      timeout: 20_000,
    });
    await beside.end();
  });

  it('is remembered by a process that starts afterwards', async () => {
    const { headers, accessToken } = await signedIn();
    await logout({ headers });
    const beside = await buildTestApp({ beside: test });
    expect((await me(accessToken, beside.app)).statusCode).toBe(401);
    await beside.end();
  });

  it('without any token, or with a worthless one, is no fault', async () => {
    expect((await logout({})).statusCode).toBe(204);
    expect((await logout({ payload: { refresh_token: 'x' } })).statusCode).toBe(204);
  });

  it('leaves the other sessions of the person alone', async () => {
    const person = await createPerson(test, radio.id);
    const [one, two] = [await signInAs(test, person), await signInAs(test, person)];
    await logout({ headers: one.headers });
    expect((await me(two.accessToken)).statusCode).toBe(200);
  });
});

describe('a connection held open', () => {
  /** Opens one in another process than the one that hears the sign-out; tells how it was closed. */
  const hold = (beside: TestApp, { accessToken }: TestSession) => {
    const wire = Object.assign(new EventEmitter(), {
      bufferedAmount: 0,
      send: vi.fn(),
      close: vi.fn(() => void wire.emit('close')),
      terminate: vi.fn(),
    });
    const resolveActor = () => beside.composition.accounts.authenticator.authenticate(accessToken);
    beside.kernel.sockets.accept(wire, { clientId: undefined, ip: '127.0.0.1', resolveActor });
    return wire;
  };
  const opened = { timeout: 20_000 };

  it('is closed when its session ends, and only then', async () => {
    const beside = await buildTestApp({ beside: test });
    const person = await createPerson(test, radio.id);
    const [here, there] = [await signInAs(test, person), await signInAs(test, person)];
    const [closing, staying] = [hold(beside, there), hold(beside, here)];
    for (const wire of [closing, staying])
      await vi.waitFor(() => expect(wire.send).toHaveBeenCalled(), opened);
    const payload = { current_password: TEST_PASSWORD, new_password: 'another long password' };
    const url = '/api/auth/change-password';
    await test.app.inject({ method: 'POST', url, headers: here.headers, payload });
    await vi.waitFor(() => expect(closing.close).toHaveBeenCalledOnce(), opened);
    expect(staying.close).not.toHaveBeenCalled();
    await logout({ headers: here.headers });
    await vi.waitFor(() => expect(staying.close).toHaveBeenCalledOnce(), opened);
    await beside.end();
  });
});

describe('news that this process can not read', () => {
  it('makes it look everything up again', async () => {
    const { accessToken } = await signedIn();
    expect((await me(accessToken)).statusCode).toBe(200);
    await runSql(test.kernel.db.kysely, 'update sessions set revoked_at = now() where revoked_at is null');
    expect((await me(accessToken)).statusCode).toBe(200);
    await test.kernel.hints.publish(test.kernel.db.kysely, SESSION_REVOKED, { of: 'another version' });
    await vi.waitFor(async () => expect((await me(accessToken)).statusCode).toBe(401), { timeout: 20_000 });
  });
});

describe('the cookie', () => {
  const cookieSignIn = async (app = test.app) => {
    const { username } = await createPerson(test, radio.id);
    const payload = { email: username, password: TEST_PASSWORD, cookie: true };
    return app.inject({ method: 'POST', url: '/api/auth/login', payload, remoteAddress: freshAddress() });
  };

  it('keeps the refresh token out of the body, of scripts and of other sites', async () => {
    const reply = await cookieSignIn();
    expect(reply.json().refresh_token).toBeNull();
    const [cookie] = reply.cookies;
    expect(cookie).toMatchObject({
      name: 'antenne_refresh',
      value: expect.stringMatching(/^[\w-]{43}$/),
      path: '/api',
      httpOnly: true,
      sameSite: 'Strict',
      maxAge: 30 * 86_400,
    });
    expect(cookie).not.toHaveProperty('secure');
  });

  it('travels over HTTPS only where the page does', async () => {
    const secure = await buildTestApp({ beside: test, env: { PUBLIC_URL: 'https://antenne.test' } });
    expect((await cookieSignIn(secure.app)).cookies[0]).toMatchObject({ secure: true });
    await secure.end();
  });

  it('refreshes and signs out', async () => {
    const first = (await cookieSignIn()).cookies[0]?.value ?? '';
    const cookies = { antenne_refresh: first };
    const reply = await test.app.inject({
      method: 'POST',
      url: '/api/auth/refresh',
      cookies,
      remoteAddress: freshAddress(),
    });
    expect(reply.statusCode).toBe(200);
    expect(reply.json().refresh_token).toBeNull();
    const second = reply.cookies[0]?.value ?? '';
    expect(second).not.toBe(first);
    const out = await logout({ cookies: { antenne_refresh: second } });
    expect(out.statusCode).toBe(204);
    expect(out.cookies[0]).toMatchObject({ name: 'antenne_refresh', value: '', path: '/api' });
    expect((await me(reply.json().access_token)).statusCode).toBe(401);
  });
});

describe('changing one’s own password', () => {
  const change = (headers: Record<string, string>, current_password: string, new_password: string) =>
    test.app.inject({
      method: 'POST',
      url: '/api/auth/change-password',
      headers,
      payload: { current_password, new_password },
    });

  it('ends the other sessions, and not this one', async () => {
    const person = await createPerson(test, radio.id);
    const [here, there] = [await signInAs(test, person), await signInAs(test, person)];
    expect((await change(here.headers, TEST_PASSWORD, 'another long password')).statusCode).toBe(204);
    expect((await me(here.accessToken)).statusCode).toBe(200);
    expect((await refresh(here.refreshToken)).statusCode).toBe(200);
    expect((await me(there.accessToken)).statusCode).toBe(401);
    expect((await refresh(there.refreshToken)).statusCode).toBe(401);
    await expect(signInAs(test, person)).rejects.toThrow(/Wrong name or password/);
    await signInAs(test, person, 'another long password');
  });

  it('needs the current one, and a good new one', async () => {
    const person = await createPerson(test, radio.id);
    const { headers } = await signInAs(test, person);
    const faults = [
      await change(headers, 'not the current one', 'another long password'),
      await change(headers, TEST_PASSWORD, 'short'),
      await change(headers, TEST_PASSWORD, person.email ?? ''),
      await change(headers, TEST_PASSWORD, 'motdepasse123'),
    ];
    expect(faults.map((reply) => [reply.statusCode, reply.json().errors[0].field])).toEqual([
      [422, 'current_password'],
      [422, 'new_password'],
      [422, 'new_password'],
      [422, 'new_password'],
    ]);
    await signInAs(test, person);
  });

  it('is guarded against guessing by whoever took the session', async () => {
    const { headers } = await signedIn();
    for (let count = 0; count < 5; count += 1)
      await change(headers, `wrong ${count}`, 'another long password');
    expect((await change(headers, TEST_PASSWORD, 'another long password')).statusCode).toBe(429);
  });

  it('needs a sign-in', async () => {
    expect((await change({}, TEST_PASSWORD, 'another long password')).statusCode).toBe(401);
  });
});

describe('tidying', () => {
  it('deletes what can not be used any more, and nothing else', async () => {
    const old = await signedIn();
    clock.advance(181 * DAY_MS);
    const fresh = await signedIn();
    await tidy(test.kernel);
    const count = async (table: string) =>
      (await runSql<{ n: number }>(test.kernel.db.kysely, `select count(*) as n from ${table}`))[0]?.n;
    expect([await count('sessions'), await count('refresh_tokens')]).toEqual([1, 1]);
    expect((await refresh(fresh.refreshToken)).statusCode).toBe(200);
    expect((await refresh(old.refreshToken)).statusCode).toBe(401);
  });
});
