import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import {
  createOrganisation,
  createSignedIn,
  type TestSession,
} from '../../../test/harness/factories/accounts.ts';
import type { Organisation } from './organisation.ts';

let test: TestApp;
let radio: Organisation;
let platform: TestSession;
let admin: TestSession;

beforeAll(async () => {
  test = await buildTestApp();
  radio = await createOrganisation(test, { isDefault: true, name: 'Radio Évasion', slug: 'radio-evasion' });
  platform = (await createSignedIn(test, { organisation: radio, isPlatformAdmin: true })).session;
  admin = (await createSignedIn(test, { organisation: radio })).session;
});
afterAll(() => test.end());

const create = (payload: object, session = platform) =>
  test.app.inject({ method: 'POST', url: '/api/admin/organisations', headers: session.headers, payload });

describe('creating an organisation', () => {
  it('answers with it, under a short name made from its own', async () => {
    const reply = await create({ name: 'Assemblée de la Côte' });
    expect(reply.statusCode, reply.body).toBe(201);
    expect(reply.json()).toEqual({
      id: expect.any(String),
      name: 'Assemblée de la Côte',
      slug: 'assemblee-de-la-cote',
      quota_bytes: null,
      created_at: expect.stringMatching(/Z$/),
    });
  });

  it('numbers a short name that it made, and refuses one that was asked for', async () => {
    const slugs = [];
    for (let count = 0; count < 3; count += 1) slugs.push((await create({ name: 'إذاعة' })).json().slug);
    expect(slugs).toEqual(['organisation', 'organisation-2', 'organisation-3']);
    expect((await create({ name: 'Other', slug: 'radio-evasion' })).statusCode).toBe(409);
    expect((await create({ name: 'Other', slug: 'other-one' })).json().slug).toBe('other-one');
  });

  it.each([
    { name: '' },
    { name: ' \t ' },
    { name: '   ' },
    { name: 'a\u0000b' },
    { name: 'x'.repeat(201) },
    { name: 'A', slug: 'Not A Slug' },
    { name: 'A', slug: '-a' },
    { name: 'A', slug: 'a'.repeat(64) },
    { name: 'A', is_default: true },
    { slug: 'a' },
  ])('refuses %j', async (payload) => {
    expect((await create(payload)).statusCode).toBe(422);
  });

  it('is for administrators of the installation', async () => {
    expect((await create({ name: 'Other' }, admin)).statusCode).toBe(403);
    const list = { url: '/api/admin/organisations', headers: admin.headers };
    expect((await test.app.inject(list)).statusCode).toBe(403);
    expect((await test.app.inject('/api/admin/organisations')).statusCode).toBe(401);
  });

  it('lists them in pages, the oldest first', async () => {
    const url = '/api/admin/organisations?per_page=1';
    const page = (await test.app.inject({ url, headers: platform.headers })).json();
    expect(page).toMatchObject({ page: 1, per_page: 1, has_next: true, has_prev: false });
    expect(page.organisations).toEqual([
      {
        id: radio.id,
        name: 'Radio Évasion',
        slug: 'radio-evasion',
        quota_bytes: null,
        created_at: radio.createdAt.toISOString(),
      },
    ]);
    expect(page.total).toBeGreaterThan(4);
  });
});

describe('GET /api/organisation', () => {
  const at = async (host: string, headers: Record<string, string> = {}) =>
    (await test.app.inject({ url: '/api/organisation', headers: { host, ...headers } })).json();

  it('tells the anonymous which one answers at this host, else the default one', async () => {
    const house = await createOrganisation(test, { hostnames: ['debats.example'], publicArchive: false });
    await vi.waitFor(async () => {
      const expected = { name: house.name, slug: house.slug, public_archive: false };
      expect(await at('debats.example')).toEqual(expected);
      expect(await at('Debats.Example:8443')).toEqual(expected);
    }, 20_000);
    const ours = { name: 'Radio Évasion', slug: 'radio-evasion', public_archive: true };
    expect(await at('elsewhere.example')).toEqual(ours);
    expect(await at('debats.example', platform.headers)).toEqual(ours);
  });
});
