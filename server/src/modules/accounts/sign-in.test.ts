import { hash as bcrypt } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import {
  createOrganisation,
  createPerson,
  signInAs,
  stoppedClock,
  TEST_PASSWORD,
} from '../../../test/harness/factories/accounts.ts';
import { runSql } from '../../kernel/db/db.ts';
import type { Organisation } from './organisation.ts';

const clock = stoppedClock();
let test: TestApp;
let radio: Organisation;

beforeAll(async () => {
  test = await buildTestApp({ clock });
  radio = await createOrganisation(test, { isDefault: true });
});
afterAll(() => test.end());

const MINUTE_MS = 60_000;
let lastAddress = 0;
/** An address that nobody has tried from. */
const freshAddress = () => {
  lastAddress += 1;
  return `10.9.${lastAddress >> 8}.${lastAddress & 255}`;
};

const login = (email: string, password: string, remoteAddress = freshAddress()) =>
  test.app.inject({ method: 'POST', url: '/api/auth/login', payload: { email, password }, remoteAddress });

const storedHash = async (id: string) => {
  const sql = 'select password_hash, password_changed_at from people where id = $1';
  const [row] = await runSql<{ password_hash: string; password_changed_at: Date }>(
    test.kernel.db.kysely,
    sql,
    [id],
  );
  return row;
};

describe('POST /api/auth/login', () => {
  it('answers with tokens and the person', async () => {
    const ada = await createPerson(test, radio.id, { fullName: 'Ada Lovelace', role: 'producer' });
    const reply = await login(ada.email ?? '', TEST_PASSWORD);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.json()).toEqual({
      access_token: expect.stringMatching(/^ey/),
      token_type: 'bearer',
      expires_in: 1800,
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      user: { user_id: ada.id, email: ada.email, full_name: 'Ada Lovelace', role: 'producer' },
    });
    expect(reply.headers['set-cookie']).toBeUndefined();
  });

  it('takes the username in the place of the e-mail, in any case', async () => {
    const bob = await createPerson(test, radio.id, { username: 'Bob.Éric' });
    for (const name of [
      'bob.éric',
      'BOB.E\u0301RIC',
      bob.email?.replace('@', '＠') ?? '',
      bob.email?.toUpperCase() ?? '',
    ]) {
      expect((await login(name, TEST_PASSWORD)).statusCode, name).toBe(200);
    }
  });

  it('also answers under /api/v1, with a slash at the end', async () => {
    const { username } = await createPerson(test, radio.id);
    const payload = { email: username, password: TEST_PASSWORD };
    const reply = await test.app.inject({ method: 'POST', url: '/api/v1/auth/login/', payload });
    expect(reply.statusCode).toBe(200);
  });

  it('says when the person was last here', async () => {
    const { username } = await createPerson(test, radio.id);
    const { headers } = await signInAs(test, { username });
    const me = (await test.app.inject({ url: '/api/user/me', headers })).json();
    expect(Math.abs(Date.parse(me.last_login_at) - clock.now())).toBeLessThan(MINUTE_MS);
  });

  it('says the same of a wrong password, an unknown name and a disabled person', async () => {
    const ada = await createPerson(test, radio.id);
    const gone = await createPerson(test, radio.id);
    await runSql(test.kernel.db.kysely, 'update people set disabled_at = now() where id = $1', [gone.id]);
    const replies = [
      await login(ada.username, 'not her password'),
      await login('nobody-at-all', TEST_PASSWORD),
      await login('nobody@antenne.test', TEST_PASSWORD),
      await login(gone.username, TEST_PASSWORD),
    ];
    const bodies = replies.map((reply) => reply.json());
    expect(bodies[0]).toMatchObject({ status: 401, detail: 'Wrong name or password.' });
    for (const body of bodies) expect(body).toEqual(bodies[0]);
    for (const reply of replies) expect(reply.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  it.each([
    [{ email: 'ada' }, 'password'],
    [{ email: 'ada', password: '' }, 'password'],
    [{ email: 'ada', password: 123 }, 'password'],
    [{ email: 'ada\u0000', password: 'x' }, 'email'],
    [{ email: 'x'.repeat(300), password: 'x' }, 'email'],
    [{ email: 'ada', password: 'x'.repeat(2_000) }, 'password'],
    [{ email: 'ada', password: 'x', role: 'administrator' }, 'role'],
    [{ email: 'ada', password: 'x', cookie: 'yes' }, 'cookie'],
  ])('refuses %j and names the field', async (payload, field) => {
    const reply = await test.app.inject({
      method: 'POST',
      url: '/api/auth/login',
      payload,
      remoteAddress: freshAddress(),
    });
    expect(reply.statusCode).toBe(422);
    expect(reply.json().errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  it('answers 401, not 500, to names and passwords of any kind', async () => {
    for (const name of ["' or 1=1 --", '🎧@🎙️', 'نور', '%', '\\', '{{7*7}}', 'a@b@c', '@', '__proto__']) {
      expect((await login(name, '\u0000\ud800 \u202e🎧')).statusCode, name).toBe(401);
    }
  });
});

describe('POST /api/auth/token', () => {
  const token = (payload: string, type = 'application/x-www-form-urlencoded') =>
    test.app.inject({
      method: 'POST',
      url: '/api/auth/token',
      headers: { 'content-type': type },
      payload,
      remoteAddress: freshAddress(),
    });

  it('takes the OAuth2 password form', async () => {
    const { username, email } = await createPerson(test, radio.id);
    for (const name of [username, email ?? '']) {
      const form = new URLSearchParams({
        grant_type: 'password',
        username: name,
        password: TEST_PASSWORD,
        scope: '',
      });
      const reply = await token(form.toString());
      expect(reply.statusCode, reply.body).toBe(200);
      expect(Object.keys(reply.json())).toEqual([
        'access_token',
        'token_type',
        'expires_in',
        'refresh_token',
      ]);
    }
  });

  it('refuses JSON, another grant, and fields that it does not know', async () => {
    const { username } = await createPerson(test, radio.id);
    const right = { username, password: TEST_PASSWORD };
    const replies = [
      await token(JSON.stringify(right), 'application/json'),
      await token(new URLSearchParams({ ...right, grant_type: 'client_credentials' }).toString()),
      await token(new URLSearchParams({ ...right, role: 'administrator' }).toString()),
      await token(`username=${username}`),
    ];
    expect(replies.map((reply) => reply.statusCode)).toEqual([422, 422, 422, 422]);
  });
});

describe('an imported bcrypt hash', () => {
  it('signs in, however short, and is argon2id afterwards, on the same date', async () => {
    const { id, username } = await createPerson(test, radio.id, { passwordHash: await bcrypt('court', 4) });
    const before = await storedHash(id);
    expect((await login(username, 'faux')).statusCode).toBe(401);
    expect((await storedHash(id))?.password_hash).toMatch(/^\$2/);
    expect((await login(username, 'court')).statusCode).toBe(200);
    const after = await storedHash(id);
    expect(after?.password_hash).toMatch(/^\$argon2id\$/);
    expect(after?.password_changed_at).toEqual(before?.password_changed_at);
    expect((await login(username, 'court')).statusCode).toBe(200);
  });

  it('lets two sign-ins at once through', async () => {
    const person = await createPerson(test, radio.id, { passwordHash: await bcrypt('court', 4) });
    const replies = await Promise.all([login(person.username, 'court'), login(person.email ?? '', 'court')]);
    expect(replies.map((reply) => reply.statusCode)).toEqual([200, 200]);
  });
});

describe('the lock-out', () => {
  const fail = async (name: string, times: number, address?: string) => {
    for (let count = 0; count < times; count += 1) {
      expect((await login(name, `wrong ${count}`, address)).statusCode).toBe(401);
    }
  };

  /** As operators see them in /metrics. */
  const lockOuts = async () => {
    const { values } = await test.kernel.metrics.securityEvents.get();
    return values.find(({ labels }) => labels.kind === 'locked-out')?.value ?? 0;
  };

  it('comes after five failures, refuses the right password, and ends by itself', async () => {
    const { username } = await createPerson(test, radio.id);
    const before = await lockOuts();
    await fail(username, 5);
    expect(await lockOuts()).toBe(before + 1);
    const locked = await login(username, TEST_PASSWORD);
    expect(locked.statusCode).toBe(429);
    expect(locked.headers['retry-after']).toBe('30');
    expect(locked.json().detail).toBe('Too many failed attempts. Try again in 30 seconds.');
    clock.advance(31_000);
    expect((await login(username, TEST_PASSWORD)).statusCode).toBe(200);
  });

  it('grows with each further failure, and is forgiven by a sign-in', async () => {
    const { username } = await createPerson(test, radio.id);
    await fail(username, 5);
    for (const seconds of ['30', '60', '120', '240', '480', '900', '900']) {
      expect((await login(username, TEST_PASSWORD)).headers['retry-after']).toBe(seconds);
      clock.advance(Number(seconds) * 1_000 + 1);
      await fail(username, 1);
    }
    clock.advance(16 * MINUTE_MS);
    expect((await login(username, TEST_PASSWORD)).statusCode).toBe(200);
    await fail(username, 4);
    expect((await login(username, TEST_PASSWORD)).statusCode).toBe(200);
  });

  it('does not tell which names exist', async () => {
    const { username } = await createPerson(test, radio.id);
    const seen: unknown[] = [];
    for (const name of [username, 'somebody-else-entirely']) {
      await fail(name, 5);
      const reply = await login(name, TEST_PASSWORD);
      seen.push([reply.statusCode, reply.headers['retry-after'], reply.json()]);
    }
    expect(seen[0]).toEqual(seen[1]);
  });

  it('is not outrun by many guesses at once', async () => {
    const { username } = await createPerson(test, radio.id);
    const guesses = Array.from({ length: 15 }, (_, count) => login(username, `wrong ${count}`));
    const codes = (await Promise.all(guesses)).map((reply) => reply.statusCode);
    expect(codes.filter((code) => code === 401)).toHaveLength(5);
    expect(codes.filter((code) => code === 429)).toHaveLength(10);
  });

  it('is the same in another process, and after a restart', async () => {
    const { username } = await createPerson(test, radio.id);
    await fail(username, 5);
    const beside = await buildTestApp({ beside: test });
    const payload = { email: username, password: TEST_PASSWORD };
    const reply = await beside.app.inject({ method: 'POST', url: '/api/auth/login', payload });
    expect(reply.statusCode).toBe(429);
    await beside.end();
  });

  it('holds an address to account for many names, whatever it gets right in between', async () => {
    const { username } = await createPerson(test, radio.id);
    const address = freshAddress();
    for (let count = 0; count < 20; count += 1) {
      await fail(`name-${count}`, 1, address);
      if (count === 10) expect((await login(username, TEST_PASSWORD, address)).statusCode).toBe(200);
    }
    const locked = await login(username, TEST_PASSWORD, address);
    expect([locked.statusCode, locked.headers['retry-after']]).toEqual([429, '60']);
    expect((await login(username, TEST_PASSWORD)).statusCode).toBe(200);
  });

  it('is forgotten a day after the last failure', async () => {
    const { username } = await createPerson(test, radio.id);
    await fail(username, 4);
    clock.advance(25 * 60 * MINUTE_MS);
    await fail(username, 4);
    expect((await login(username, TEST_PASSWORD)).statusCode).toBe(200);
  });

  it('keeps neither name nor address as typed', async () => {
    await fail('secret-typed-as-name', 1, '10.77.77.77');
    const rows = await runSql<{ subject: string }>(
      test.kernel.db.kysely,
      'select subject from sign_in_failures',
    );
    const text = rows.map(({ subject }) => subject).join('\n');
    expect(text).not.toMatch(/secret|10\.77/);
    expect(rows.length).toBeGreaterThan(1);
  });
});

describe('behind a proxy', () => {
  it('survives whatever stands in the place of an address', async () => {
    const behind = await buildTestApp({ beside: test, env: { TRUSTED_PROXIES: '127.0.0.1' } });
    const { username } = await createPerson(test, radio.id);
    const payload = { email: username, password: TEST_PASSWORD };
    for (const forwarded of ['::', 'x:y:z', `not an address ${'x'.repeat(500)}`, '[2001:db8::1]:443', '%']) {
      const headers = { 'x-forwarded-for': forwarded };
      const reply = await behind.app.inject({ method: 'POST', url: '/api/auth/login', payload, headers });
      expect(reply.statusCode, forwarded).toBe(200);
    }
    await behind.end();
  });
});

describe('the audit', () => {
  it('keeps sign-ins and failures, with where from and without what was typed', async () => {
    const { id, username } = await createPerson(test, radio.id);
    const address = freshAddress();
    await login(username, 'a wrong password', address);
    await login(username, TEST_PASSWORD, address);
    await login('not-a-name-but-a-password', 'x', address);
    const sql =
      'select action, person_id, organisation_id, details from audit_entries where ip = $1 order by id';
    const rows = await runSql<Record<string, unknown>>(test.kernel.db.kysely, sql, [address]);
    expect(rows).toEqual([
      { action: 'accounts.sign-in-failed', person_id: id, organisation_id: radio.id, details: {} },
      { action: 'accounts.signed-in', person_id: id, organisation_id: radio.id, details: {} },
      { action: 'accounts.sign-in-failed', person_id: null, organisation_id: null, details: {} },
    ]);
  });
});
