import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import {
  createOrganisation,
  createPerson,
  createSignedIn,
  signInAs,
  stoppedClock,
  type TestSession,
} from '../../../test/harness/factories/accounts.ts';
import { runSql } from '../../kernel/db/db.ts';
import { newId } from '../../kernel/id.ts';
import type { Organisation } from './organisation.ts';
import { ROLES } from './permissions.ts';

let test: TestApp;
let radio: Organisation;
let admin: TestSession;
let manager: TestSession;

beforeAll(async () => {
  test = await buildTestApp({ clock: stoppedClock() });
  radio = await createOrganisation(test, { isDefault: true, name: 'Radio Évasion' });
  admin = (await createSignedIn(test, { organisation: radio })).session;
  manager = (await createSignedIn(test, { organisation: radio, role: 'manager' })).session;
});
afterAll(() => test.end());

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
const call = (method: Method, url: string, session: TestSession, payload?: object) =>
  test.app.inject({ method, url, headers: session.headers, payload });
const create = (payload: object, session = admin) => call('POST', '/api/admin/users', session, payload);
const patch = (id: string, payload: object, session = admin) =>
  call('PATCH', `/api/admin/users/${id}`, session, payload);
const remove = (id: string, session = admin) => call('DELETE', `/api/admin/users/${id}`, session);
const setPassword = (id: string, password: string, session = admin) =>
  call('PUT', `/api/admin/users/${id}/password`, session, { password });
const me = (session: TestSession) => call('GET', '/api/user/me', session);

let serial = 0;
const fresh = (more: object = {}) => {
  serial += 1;
  return { username: `fresh-${serial}`, password: 'le chat dort sur la console', ...more };
};

describe('GET /api/user/me', () => {
  it('says who one is and what one may do', async () => {
    const { person, session } = await createSignedIn(test, { organisation: radio, role: 'technician' });
    expect((await me(session)).json()).toEqual({
      id: person.id,
      username: person.username,
      email: person.email,
      full_name: null,
      is_admin: false,
      is_platform_admin: false,
      role: 'technician',
      permissions: ['archive.read', 'media.read', 'media.write', 'system.read', 'transcription.read'],
      created_at: person.createdAt.toISOString(),
      last_login_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      projects: [],
      organisation: { id: radio.id, name: 'Radio Évasion', slug: radio.slug },
    });
  });

  it('needs a sign-in', async () => {
    const reply = await test.app.inject('/api/user/me');
    expect([reply.statusCode, reply.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  });
});

describe('creating a person', () => {
  it('answers with them, and they can sign in', async () => {
    const wanted = fresh({ email: 'Zoé@Radio.example', full_name: 'Zoé 🎙️ نور', role: 'archivist' });
    const reply = await create(wanted);
    expect(reply.statusCode, reply.body).toBe(201);
    expect(reply.json()).toEqual({
      id: expect.any(String),
      organisation_id: radio.id,
      username: wanted.username,
      email: 'Zoé@Radio.example',
      full_name: 'Zoé 🎙️ نور',
      role: 'archivist',
      is_admin: false,
      is_platform_admin: false,
      disabled: false,
      created_at: expect.any(String),
      last_login_at: null,
    });
    expect(reply.body).not.toContain('chat dort');
    await signInAs(test, { username: 'zoé@radio.EXAMPLE' }, wanted.password);
  });

  it('makes a member unless told otherwise, and understands is_admin', async () => {
    const roles = [{}, { is_admin: true }, { is_admin: false }, { role: 'guest' }].map(async (more) => {
      const { role, is_admin } = (await create(fresh(more))).json();
      return [role, is_admin];
    });
    expect(await Promise.all(roles)).toEqual([
      ['member', false],
      ['administrator', true],
      ['member', false],
      ['guest', false],
    ]);
  });

  it('keeps names unique in the whole installation, whatever the case', async () => {
    const elsewhere = (await createSignedIn(test)).session;
    const { username } = (await create(fresh({ email: 'once@radio.example' }))).json();
    const taken = [
      fresh({ username: username.toUpperCase() }),
      fresh({ email: 'ONCE@radio.example' }),
      fresh({ email: 'ｏnce@radio.example' }),
    ];
    for (const wanted of taken) {
      expect((await create(wanted)).statusCode).toBe(409);
      expect((await create(wanted, elsewhere)).statusCode).toBe(409);
    }
  });

  it('of the same name twice at once succeeds once', async () => {
    const wanted = fresh();
    const replies = await Promise.all([create(wanted), create(wanted), create(wanted)]);
    expect(replies.map((reply) => reply.statusCode).sort()).toEqual([201, 409, 409]);
  });

  it.each([
    [{ username: 'with space' }, 'username'],
    [{ username: 'ada@radio' }, 'username'],
    [{ username: '.dot' }, 'username'],
    [{ username: 'nul\u0000' }, 'username'],
    [{ username: 'x'.repeat(65) }, 'username'],
    [{ username: 'ﬃ'.repeat(40) }, 'username'],
    [{ email: 'no-at' }, 'email'],
    [{ email: 'a@b\u202e' }, 'email'],
    [{ email: 'a@b c' }, 'email'],
    [{ full_name: 'two\nlines' }, 'full_name'],
    [{ full_name: '  ' }, 'full_name'],
    [{ full_name: 'x'.repeat(201) }, 'full_name'],
    [{ password: 'too short' }, 'password'],
    [{ password: 'password1234' }, 'password'],
    [{ password: 'x'.repeat(1_000) }, 'password'],
    [{ role: 'king' }, 'role'],
    [{ is_admin: 'true' }, 'is_admin'],
    [{ is_admin: true, role: 'guest' }, 'is_admin'],
    [{ is_platform_admin: true }, 'is_platform_admin'],
    [{ organisation_id: 'mine' }, 'organisation_id'],
  ])('refuses %j and names the field', async (wrong, field) => {
    const reply = await create(fresh(wrong));
    expect(reply.statusCode, reply.body).toBe(422);
    expect(reply.json().errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  it('never fails, whatever the names', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(text, text, text, async (username, email, full_name) => {
        const reply = await create({ username, email, full_name, password: 'short' });
        expect(reply.statusCode).toBe(422);
      }),
      { numRuns: 60 },
    );
  });

  it('in another organisation is for administrators of the installation', async () => {
    const other = await createOrganisation(test);
    const platform = (await createSignedIn(test, { organisation: radio, isPlatformAdmin: true })).session;
    expect((await create(fresh({ organisation_id: other.id }))).statusCode).toBe(404);
    expect((await create(fresh({ organisation_id: newId() }), platform)).statusCode).toBe(404);
    const reply = await create(fresh({ organisation_id: other.id, is_admin: true }), platform);
    expect([reply.statusCode, reply.json().organisation_id]).toEqual([201, other.id]);
  });
});

describe('nobody grants what they do not hold', () => {
  it('at creation', async () => {
    expect((await create(fresh({ role: 'administrator' }), manager)).statusCode).toBe(403);
    expect((await create(fresh({ is_admin: true }), manager)).statusCode).toBe(403);
    expect((await create(fresh({ role: 'manager' }), manager)).statusCode).toBe(201);
  });

  it('by a change of role', async () => {
    const member = await createPerson(test, radio.id);
    expect((await patch(member.id, { role: 'administrator' }, manager)).statusCode).toBe(403);
    expect((await patch(member.id, { role: 'archivist' }, manager)).statusCode).toBe(200);
  });

  it('nor takes over who holds more', async () => {
    const above = await createPerson(test, radio.id, { role: 'administrator' });
    const platform = await createPerson(test, radio.id, { role: 'administrator', isPlatformAdmin: true });
    for (const [target, session] of [
      [above, manager],
      [platform, admin],
    ] as const) {
      const replies = [
        await setPassword(target.id, 'le chat dort sur la console', session),
        await patch(target.id, { role: 'guest' }, session),
        await patch(target.id, { disabled: true }, session),
        await remove(target.id, session),
      ];
      expect(replies.map((reply) => reply.statusCode)).toEqual([403, 403, 403, 403]);
      await signInAs(test, target);
    }
  });

  it.each(ROLES.filter((role) => role !== 'administrator' && role !== 'manager'))(
    'and a %s manages nobody',
    async (role) => {
      const { session } = await createSignedIn(test, { organisation: radio, role });
      const target = await createPerson(test, radio.id, { role: 'guest' });
      const replies = [
        await call('GET', '/api/admin/users', session),
        await create(fresh({ role: 'guest' }), session),
        await patch(target.id, { role: 'guest' }, session),
        await remove(target.id, session),
        await setPassword(target.id, 'le chat dort sur la console', session),
      ];
      expect(replies.map((reply) => reply.statusCode)).toEqual([403, 403, 403, 403, 403]);
    },
  );
});

describe('changing a person', () => {
  it('renames without ending sessions', async () => {
    const { person, session } = await createSignedIn(test, { organisation: radio, role: 'member' });
    const reply = await patch(person.id, { full_name: 'Ada L.' });
    expect([reply.statusCode, reply.json().full_name]).toEqual([200, 'Ada L.']);
    expect((await patch(person.id, { full_name: null })).json().full_name).toBeNull();
    expect((await me(session)).statusCode).toBe(200);
  });

  it('of role ends the sessions, so that no old right lives on', async () => {
    const { person, session } = await createSignedIn(test, { organisation: radio, role: 'manager' });
    expect((await me(session)).statusCode).toBe(200);
    expect((await patch(person.id, { role: 'guest' })).json().role).toBe('guest');
    expect((await me(session)).statusCode).toBe(401);
    expect((await me(await signInAs(test, person))).json().permissions).toEqual([]);
  });

  it('to what it is already changes nothing', async () => {
    const { person, session } = await createSignedIn(test, { organisation: radio, role: 'producer' });
    expect((await patch(person.id, { role: 'producer', disabled: false })).statusCode).toBe(200);
    expect((await me(session)).statusCode).toBe(200);
  });

  it('disables at once, and enables again', async () => {
    const { person, session } = await createSignedIn(test, { organisation: radio, role: 'member' });
    expect((await me(session)).statusCode).toBe(200);
    expect((await patch(person.id, { disabled: true })).json().disabled).toBe(true);
    expect((await me(session)).statusCode).toBe(401);
    const refresh = await test.app.inject({
      method: 'POST',
      url: '/api/auth/refresh',
      payload: { refresh_token: session.refreshToken },
    });
    expect(refresh.statusCode).toBe(401);
    await expect(signInAs(test, person)).rejects.toThrow(/Wrong name/);
    await patch(person.id, { disabled: false });
    await signInAs(test, person);
  });

  it('refuses nothing to change, and fields that it does not know', async () => {
    const { id } = await createPerson(test, radio.id);
    for (const wrong of [
      {},
      { username: 'other' },
      { role: null },
      { disabled: 'no' },
      { is_platform_admin: true },
    ]) {
      expect((await patch(id, wrong)).statusCode, JSON.stringify(wrong)).toBe(422);
    }
  });
});

describe('deleting a person', () => {
  it('ends their sessions and frees the name', async () => {
    const { person, session } = await createSignedIn(test, { organisation: radio, role: 'member' });
    expect((await me(session)).statusCode).toBe(200);
    const reply = await remove(person.id);
    expect([reply.statusCode, reply.body]).toEqual([204, '']);
    expect((await me(session)).statusCode).toBe(401);
    expect((await remove(person.id)).statusCode).toBe(404);
    expect((await create(fresh({ username: person.username }))).statusCode).toBe(201);
  });

  it('that is no id, or nobody, is a 404', async () => {
    for (const id of ['1', 'me', '%00', newId(), "'"]) expect((await remove(id)).statusCode, id).toBe(404);
  });
});

describe('setting a password', () => {
  it('ends the sessions, and the new one signs in', async () => {
    const { person, session } = await createSignedIn(test, { organisation: radio, role: 'member' });
    expect((await setPassword(person.id, 'le chien dort sous la table')).statusCode).toBe(204);
    expect((await me(session)).statusCode).toBe(401);
    await expect(signInAs(test, person)).rejects.toThrow(/Wrong name/);
    await signInAs(test, person, 'le chien dort sous la table');
  });

  it('keeps to the rules', async () => {
    const { id, email } = await createPerson(test, radio.id);
    for (const password of ['short', email ?? '', 'motdepasse123']) {
      const reply = await setPassword(id, password);
      expect([reply.statusCode, reply.json().errors[0].field]).toEqual([422, 'password']);
    }
  });
});

describe('on oneself', () => {
  it('there is no deleting, disabling, demoting or setting a password by accident', async () => {
    const { person, session } = await createSignedIn(test, { organisation: radio });
    const replies = [
      await remove(person.id, session),
      await patch(person.id, { disabled: true }, session),
      await patch(person.id, { role: 'member' }, session),
      await setPassword(person.id, 'le chat dort sur la console', session),
    ];
    expect(replies.map((reply) => reply.statusCode)).toEqual([409, 409, 409, 409]);
    expect(replies[0]?.json().detail).toBe('You cannot delete yourself; ask another administrator.');
    expect((await remove(person.id.toUpperCase(), session)).statusCode).toBe(409);
    expect((await patch(person.id, { full_name: 'Me' }, session)).statusCode).toBe(200);
  });
});

describe('the last administrator', () => {
  it('stays, whoever asks', async () => {
    const { organisation, person, session } = await createSignedIn(test);
    const second = await createPerson(test, organisation.id, { role: 'administrator' });
    await patch(second.id, { disabled: true }, session);
    // Somebody whose right is taken back while the request is on its way: already known, and still believed.
    const third = await createSignedIn(test, { organisation });
    await me(third.session);
    await runSql(test.kernel.db.kysely, "update people set role = 'member' where id = $1", [third.person.id]);
    for (const reply of [
      await remove(person.id, third.session),
      await patch(person.id, { role: 'member' }, third.session),
      await patch(person.id, { disabled: true }, third.session),
    ]) {
      expect(reply.statusCode).toBe(409);
      expect(reply.json().detail).toMatch(/last administrator/);
    }
    expect((await remove(second.id, session)).statusCode).toBe(204);
  });

  it('stays when two delete each other at once', async () => {
    const one = await createSignedIn(test);
    const two = await createSignedIn(test, { organisation: one.organisation });
    const replies = await Promise.all([
      remove(two.person.id, one.session),
      remove(one.person.id, two.session),
    ]);
    const sql = "select count(*) as n from people where organisation_id = $1 and role = 'administrator'";
    const [row] = await runSql<{ n: number }>(test.kernel.db.kysely, sql, [one.organisation.id]);
    expect(row?.n).toBe(1);
    const refused = replies.map((reply) => reply.statusCode).filter((status) => status !== 204);
    // 401 when the one who was deleted had not been let in yet.
    expect([[401], [409]]).toContainEqual(refused);
  });

  it('of the installation stays too', async () => {
    const lone = await buildTestApp();
    const { organisation, person } = await createSignedIn(lone, { isPlatformAdmin: true });
    const peer = await createSignedIn(lone, { organisation, isPlatformAdmin: true });
    const { headers } = peer.session;
    await lone.app.inject({ url: '/api/user/me', headers });
    const demote = 'update people set is_platform_admin = false where id = $1';
    await runSql(lone.kernel.db.kysely, demote, [peer.person.id]);
    const reply = await lone.app.inject({ method: 'DELETE', url: `/api/admin/users/${person.id}`, headers });
    expect(reply.statusCode).toBe(409);
    expect(reply.json().detail).toMatch(/installation/);
    await lone.end();
  });
});

describe('another organisation', () => {
  it('is invisible: to lists, to changes, to everything that takes an id', async () => {
    const { organisation, person } = await createSignedIn(test);
    const platform = (await createSignedIn(test, { organisation: radio, isPlatformAdmin: true })).session;
    for (const session of [admin, platform]) {
      const list = await call('GET', '/api/admin/users?per_page=100', session);
      expect(list.body).not.toContain(person.id);
      expect(list.body).not.toContain(organisation.id);
      const replies = [
        await remove(person.id, session),
        await patch(person.id, { role: 'guest' }, session),
        await setPassword(person.id, 'le chat dort sur la console', session),
      ];
      expect(replies.map((reply) => reply.statusCode)).toEqual([404, 404, 404]);
    }
    await signInAs(test, person);
  });
});

describe('the list', () => {
  it('comes in pages, by username', async () => {
    const { organisation, session } = await createSignedIn(test, { username: 'list-m' });
    for (const username of ['list-z', 'LIST-A', 'list-é'])
      await createPerson(test, organisation.id, { username });
    const names = (reply: { json(): { users: { username: string }[] } }) =>
      reply.json().users.map(({ username }) => username);
    const first = await call('GET', '/api/admin/users?page=1&per_page=3', session);
    const second = await call('GET', '/api/admin/users?page=2&per_page=3', session);
    expect([names(first), names(second)]).toEqual([['LIST-A', 'list-m', 'list-z'], ['list-é']]);
    expect(first.json()).toMatchObject({ total: 4, page: 1, per_page: 3, has_next: true, has_prev: false });
    expect(second.json()).toMatchObject({ total: 4, page: 2, per_page: 3, has_next: false, has_prev: true });
    expect(first.body).not.toMatch(/argon2|hash/);
  });

  it.each(['page=0', 'per_page=101', 'per_page=x', 'page=1.5'])('refuses %s', async (query) => {
    expect((await call('GET', `/api/admin/users?${query}`, admin)).statusCode).toBe(422);
  });
});

it('keeps a record of what was done to whom', async () => {
  const { person: boss, session } = await createSignedIn(test);
  const { id } = (await create(fresh(), session)).json();
  await patch(id, { role: 'producer' }, session);
  await setPassword(id, 'le chien dort sous la table', session);
  await remove(id, session);
  const sql = 'select action, person_id, details::text from audit_entries where target_id = $1 order by id';
  const rows = await runSql<{ action: string; person_id: string; details: string }>(
    test.kernel.db.kysely,
    sql,
    [id],
  );
  expect(rows.map(({ action }) => action)).toEqual([
    'accounts.person-created',
    'accounts.person-changed',
    'accounts.password-set',
    'accounts.person-deleted',
  ]);
  expect(new Set(rows.map(({ person_id }) => person_id))).toEqual(new Set([boss.id]));
  expect(JSON.stringify(rows)).not.toMatch(/chien|argon2/);
});

it('has no paths that are not built yet', async () => {
  for (const url of [
    '/api/auth/register',
    '/api/auth/reset-password',
    '/api/admin/roles',
    '/api/user/projects',
  ]) {
    expect((await call('POST', url, admin, {})).statusCode, url).toBe(404);
  }
});

describe('a token, by the database alone', () => {
  const organisationSeenBy = (session: TestSession) => call('GET', '/api/organisation', session);

  it('is worth nothing when its person was moved elsewhere', async () => {
    const { person, session } = await createSignedIn(test);
    const move = 'update people set organisation_id = $2 where id = $1';
    await runSql(test.kernel.db.kysely, move, [person.id, radio.id]);
    expect((await organisationSeenBy(session)).statusCode).toBe(401);
    expect((await organisationSeenBy(await signInAs(test, person))).json().slug).toBe(radio.slug);
  });

  it('is worth nothing when its person was disabled', async () => {
    const { person, session } = await createSignedIn(test);
    await runSql(test.kernel.db.kysely, 'update people set disabled_at = now() where id = $1', [person.id]);
    expect((await organisationSeenBy(session)).statusCode).toBe(401);
  });
});
