import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp, testClock } from '../../../test/harness/app.ts';
import {
  createOrganisation,
  createPerson,
  createSignedIn,
  signInAs,
} from '../../../test/harness/factories/accounts.ts';
import { createDebat } from '../../../test/harness/factories/archive.ts';
import type { Role } from '../accounts/public.ts';

const clock = testClock();
let app: TestApp;
let organisationId: string;
let otherId: string;
const headersOf = new Map<string, { authorization: string } | undefined>();

beforeAll(async () => {
  app = await buildTestApp({ clock });
  const here = await createOrganisation(app, { isDefault: true });
  const there = await createOrganisation(app);
  organisationId = here.id;
  otherId = there.id;
  const roles: Role[] = [
    'administrator',
    'manager',
    'producer',
    'archivist',
    'technician',
    'transcriber',
    'member',
    'guest',
  ];
  for (const role of roles) {
    const person = await createPerson(app, here.id, { role });
    headersOf.set(role, (await signInAs(app, person)).headers);
  }
  headersOf.set('stranger', (await createSignedIn(app, { organisation: there })).session.headers);
  headersOf.set('anyone', undefined);
});

afterAll(() => app.end());

type Who = Role | 'stranger' | 'anyone';

async function call(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  who: Who = 'archivist',
  payload?: object,
) {
  const headers = headersOf.get(who);
  const reply = await app.app.inject({
    method,
    url,
    ...(headers ? { headers } : {}),
    ...(payload ? { payload } : {}),
  });
  return { status: reply.statusCode, body: reply.body === '' ? null : reply.json(), headers: reply.headers };
}

const titles = (body: { debats: { title: string }[] }) => body.debats.map((debat) => debat.title);

describe('adding', () => {
  test('a title alone makes a planned, public débat of today, complete in every field', async () => {
    const { status, body, headers } = await call('POST', '/api/debats/', 'archivist', { title: 'Première' });
    expect(status).toBe(201);
    expect(headers.location).toBe(`/api/debats/${body.id}`);
    expect(body).toMatchObject({
      title: 'Première',
      type: 'autre',
      status: 'programme',
      visibility: 'public',
      date: new Date().toISOString().slice(0, 10),
      description: null,
      display_duration: null,
      recording_id: null,
      speakers: [],
      metadata: {},
      is_live: false,
      has_audio: false,
      view_count: 0,
      download_count: 0,
      audio_files: [],
    });
    expect((await call('GET', `/api/v1/debats/${body.id}`, 'anyone')).body).toEqual(body);
  });

  test('every field comes back as it was sent', async () => {
    const sent = {
      title: 'Budget de l’eau',
      description: 'Ligne un\nligne deux',
      type: 'commission',
      status: 'termine',
      visibility: 'unlisted',
      date: '2025-03-04',
      start_time: '2025-03-04T09:00:00.000Z',
      end_time: '2025-03-04T12:30:00.000Z',
      duration_minutes: 210,
      source_url: 'https://videos.example.org/eau',
      video_url: 'https://videos.example.org/eau.mp4',
      thumbnail_url: 'https://videos.example.org/eau.jpg',
      commission: 'Développement durable',
      salle: 'Salle 3',
      speakers: ['Ana Lévêque', 'Tom Œuvrard'],
      ministers: ['Jo Dupré'],
      tags: ['eau'],
      keywords: ['nappe', 'rivière'],
      metadata: { législature: 17, nested: { list: [1, null, 'é'] } },
      is_live: true,
    };
    const { status, body } = await call('POST', '/api/debats', 'archivist', sent);
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...sent, display_duration: '3h 30min' });
  });

  test('what a client may not set is ignored', async () => {
    const sent = {
      title: 'Ignoré',
      id: 'x',
      view_count: 99,
      has_audio: true,
      organisation_id: otherId,
      nonsense: 1,
    };
    const { status, body } = await call('POST', '/api/debats', 'archivist', sent);
    expect(status).toBe(201);
    expect(body).toMatchObject({ view_count: 0, has_audio: false });
    expect((await call('GET', `/api/debats/${body.id}`, 'stranger')).status).toBe(404);
  });

  test('without a date it is the day it starts', async () => {
    const sent = { title: 'Daté', start_time: '2024-05-06T10:00:00Z' };
    expect((await call('POST', '/api/debats', 'archivist', sent)).body.date).toBe('2024-05-06');
  });

  test('an organisation whose archive is not public makes private débats', async () => {
    const closed = await createOrganisation(app, { publicArchive: false });
    const { session } = await createSignedIn(app, { organisation: closed });
    const { headers } = session;
    const reply = await app.app.inject({
      method: 'POST',
      url: '/api/debats',
      headers,
      payload: { title: 'Privé' },
    });
    expect(reply.json().visibility).toBe('private');
  });

  test.each([
    ['no title', {}, 'title'],
    ['a number as title', { title: 123 }, 'title'],
    ['a blank title', { title: '   ' }, 'title'],
    ['a title too long', { title: 'x'.repeat(501) }, 'title'],
    ['a description too long', { description: 'x'.repeat(20_001) }, 'description'],
    ['an unknown type', { type: 'discours' }, 'type'],
    ['an unknown status', { status: 'fini' }, 'status'],
    ['a status that is the program’s', { status: 'extraction' }, 'status'],
    ['an unknown visibility', { visibility: 'secret' }, 'visibility'],
    ['a date that is none', { date: '2026-02-30' }, 'date'],
    ['a time as date', { date: '2026-02-03T00:00:00Z' }, 'date'],
    ['a time that is none', { start_time: 'tomorrow' }, 'start_time'],
    [
      'an end before the start',
      { start_time: '2026-01-02T10:00:00Z', end_time: '2026-01-02T09:00:00Z' },
      'end_time',
    ],
    ['a negative duration', { duration_minutes: -1 }, 'duration_minutes'],
    ['a fractional duration', { duration_minutes: 1.5 }, 'duration_minutes'],
    ['half an address', { source_url: 'videos.example.org' }, 'source_url'],
    ['an address too long', { video_url: `https://x.org/${'a'.repeat(2_048)}` }, 'video_url'],
    ['speakers as text', { speakers: 'Ana' }, 'speakers'],
    ['an empty speaker', { speakers: [''] }, 'speakers.0'],
    ['a speaker too long', { speakers: ['x'.repeat(201)] }, 'speakers.0'],
    ['too many tags', { tags: Array.from({ length: 201 }, (_, index) => `t${index}`) }, 'tags'],
    ['metadata as a list', { metadata: [] }, 'metadata'],
    ['a recording that is no id', { recording_id: 'abc' }, 'recording_id'],
    [
      'a recording that is not there',
      { recording_id: '01900000-0000-7000-8000-000000000000' },
      'recording_id',
    ],
  ])('%s is refused by its field', async (_name, wrong, field) => {
    const sent = field === 'title' ? wrong : { title: 'Refusé', ...wrong };
    const { status, body } = await call('POST', '/api/debats', 'archivist', sent);
    expect(status).toBe(422);
    expect(body.errors.map((fault: { field: string }) => fault.field)).toContain(field);
    expect(body.detail).toContain(field.split('.')[0]);
  });

  test.each([
    ['NUL in texts', { title: 'a\u0000b', speakers: ['\u0000x'], metadata: { 'k\u0000': '\u0000v' } }],
    ['lone surrogates', { title: 'a\ud800b', tags: ['\udfff!'], metadata: { k: '\ud800' } }],
  ])('%s is cleaned, not refused', async (_name, sent) => {
    expect((await call('POST', '/api/debats', 'archivist', sent)).status).toBe(201);
  });

  test('the same source address is refused with the débat that has it', async () => {
    const sent = { title: 'Source', source_url: 'https://videos.example.org/same' };
    const first = await call('POST', '/api/debats', 'archivist', sent);
    const second = await call('POST', '/api/debats', 'archivist', { ...sent, title: 'Encore' });
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({
      type: 'urn:antenne:problem:archive.same-source',
      debate_id: first.body.id,
    });
  });

  test('also when many are sent at once', async () => {
    const sent = { title: 'Ensemble', source_url: 'https://videos.example.org/at-once' };
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => call('POST', '/api/debats', 'archivist', sent)),
    );
    const made = replies.filter(({ status }) => status === 201);
    const refused = replies.filter(({ status }) => status === 409);
    expect([made.length, refused.length]).toEqual([1, 7]);
    expect(new Set(refused.map(({ body }) => body.debate_id))).toEqual(new Set([made[0]?.body.id]));
  });

  test('another organisation may have the same source', async () => {
    const sent = { title: 'Partagée', source_url: 'https://videos.example.org/both' };
    expect((await call('POST', '/api/debats', 'archivist', sent)).status).toBe(201);
    expect((await call('POST', '/api/debats', 'stranger', sent)).status).toBe(201);
  });
});

describe('changing', () => {
  test.each(['PUT', 'PATCH'] as const)('%s changes what it names and nothing else', async (method) => {
    const { body: before } = await call('POST', '/api/debats', 'archivist', {
      title: 'Avant',
      description: 'Reste',
      salle: 'Salle 1',
      speakers: ['Ana'],
    });
    clock.advance(1_000);
    const { status, body } = await call(method, `/api/debats/${before.id}/`, 'archivist', {
      title: 'Après',
      salle: null,
      status: 'termine',
    });
    expect(status).toBe(200);
    const { updated_at: changedAt, ...rest } = body;
    const { updated_at: madeAt, ...unchanged } = before;
    expect(rest).toEqual({ ...unchanged, title: 'Après', salle: null, status: 'termine' });
    expect(Date.parse(changedAt) - Date.parse(madeAt)).toBeGreaterThanOrEqual(1_000);
  });

  test('an empty change changes nothing', async () => {
    const id = await createDebat(app, organisationId);
    const before = await call('GET', `/api/debats/${id}`);
    expect((await call('PUT', `/api/debats/${id}`, 'archivist', {})).body).toEqual(before.body);
  });

  test('rules hold over the whole débat, also when only a part is named', async () => {
    const id = await createDebat(app, organisationId, { start_time: new Date('2026-01-02T10:00:00Z') });
    const { status, body } = await call('PUT', `/api/debats/${id}`, 'archivist', {
      end_time: '2026-01-02T09:00:00Z',
    });
    expect([status, body.errors[0].field]).toEqual([422, 'end_time']);
  });

  test('a source address that another débat has is refused', async () => {
    const holder = await createDebat(app, organisationId, { source_url: 'https://videos.example.org/held' });
    const id = await createDebat(app, organisationId);
    const sent = { source_url: 'https://videos.example.org/held' };
    const { status, body } = await call('PUT', `/api/debats/${id}`, 'archivist', sent);
    expect([status, body.debate_id]).toEqual([409, holder]);
    expect((await call('PUT', `/api/debats/${holder}`, 'archivist', sent)).status).toBe(200);
  });
});

describe('who may', () => {
  test.each<[Who, number, number, number]>([
    ['administrator', 201, 200, 204],
    ['manager', 201, 200, 403],
    ['producer', 201, 200, 403],
    ['archivist', 201, 200, 403],
    ['technician', 403, 403, 403],
    ['transcriber', 403, 403, 403],
    ['member', 403, 403, 403],
    ['guest', 403, 403, 403],
    ['anyone', 401, 401, 401],
    ['stranger', 201, 404, 404],
  ])('%s: add %i, change %i, remove %i', async (who, add, change, remove) => {
    const id = await createDebat(app, organisationId);
    expect((await call('POST', '/api/debats', who, { title: 'À moi' })).status).toBe(add);
    expect((await call('PUT', `/api/debats/${id}`, who, { title: 'Changé' })).status).toBe(change);
    expect((await call('DELETE', `/api/debats/${id}`, who)).status).toBe(remove);
    expect((await call('GET', `/api/debats/${id}`)).status).toBe(remove === 204 ? 404 : 200);
  });

  test.each<[string, Who, number]>([
    ['public', 'anyone', 200],
    ['unlisted', 'anyone', 200],
    ['private', 'anyone', 404],
    ['private', 'guest', 404],
    ['private', 'member', 200],
    ['public', 'stranger', 404],
    ['private', 'stranger', 404],
  ])('a %s débat read by %s: %i', async (visibility, who, status) => {
    const id = await createDebat(app, organisationId, {
      visibility: visibility as 'public' | 'unlisted' | 'private',
    });
    for (const path of ['', '/streaming']) {
      expect((await call('GET', `/api/debats/${id}${path}`, who)).status).toBe(status);
    }
  });

  test.each(['nonsense', '123', '01900000-0000-7000-8000-00000000000', '%00', "1'--"])(
    '%s is no débat: 404 everywhere',
    async (id) => {
      for (const path of ['', '/streaming', '/extract', '/audio', '/download']) {
        expect((await call('GET', `/api/debats/${id}${path}`)).status).toBe(404);
      }
      expect((await call('PUT', `/api/debats/${id}`, 'administrator', { title: 'x' })).status).toBe(404);
      expect((await call('DELETE', `/api/debats/${id}`, 'administrator')).status).toBe(404);
      expect((await call('POST', `/api/debats/${id}/extract`, 'administrator', {})).status).toBe(404);
      expect((await call('DELETE', `/api/debats/${id}/extract`, 'administrator')).status).toBe(404);
    },
  );
});

describe('listing', () => {
  let listed: string;
  const list = (query: string, who: Who = 'anyone') => call('GET', `/api/debats/?${query}`, who);

  beforeAll(async () => {
    const organisation = await createOrganisation(app, { hostnames: ['listing.test'] });
    listed = organisation.id;
    headersOf.set('stranger', (await createSignedIn(app, { organisation })).session.headers);
    const rows = [
      {
        title: 'Écologie',
        description: 'La Forêt des Ardennes',
        type: 'audition',
        date: '2026-03-01',
        commission: 'Développement durable',
        speakers: '["Anaïs Lévêque"]',
        duration_minutes: 30,
      },
      {
        title: 'budget',
        description: 'Recettes et dépenses à 100 %',
        type: 'commission',
        date: '2026-03-02',
        commission: 'Finances',
        ministers: '["Jo Ducœur"]',
        duration_minutes: 90,
      },
      {
        title: 'Agriculture',
        type: 'seance_publique',
        status: 'programme',
        date: '2026-03-03',
        commission: 'Finances',
        duration_minutes: 60,
      },
      { title: 'Zone_humide', type: 'autre', date: '2026-03-03' },
      { title: 'Réservé', visibility: 'private', date: '2026-03-04' },
      { title: 'Par adresse', visibility: 'unlisted', date: '2026-03-05' },
    ] as const;
    for (const row of rows) await createDebat(app, listed, row);
  });

  test.each<[string, string[]]>([
    ['', ['Zone_humide', 'Agriculture', 'budget', 'Écologie']],
    ['sort_order=asc', ['Écologie', 'budget', 'Agriculture', 'Zone_humide']],
    ['sort_by=title&sort_order=asc', ['Agriculture', 'budget', 'Écologie', 'Zone_humide']],
    ['sort_by=duration_minutes', ['budget', 'Agriculture', 'Écologie', 'Zone_humide']],
    ['sort_by=duration_minutes&sort_order=asc', ['Écologie', 'Agriculture', 'budget', 'Zone_humide']],
    ['sort_by=created_at&sort_order=asc', ['Écologie', 'budget', 'Agriculture', 'Zone_humide']],
    ['q=ecologie', ['Écologie']],
    ['q=FORÊT', ['Écologie']],
    ['q=ardennes foret', ['Écologie']],
    ['q=foret budget', []],
    ['q=100 %25', ['budget']],
    ['q=%25', ['budget']],
    ['q=_', ['Zone_humide']],
    ['q=%5C', []],
    ['q=%EF%BC%BC', []],
    ['q=%00', ['Zone_humide', 'Agriculture', 'budget', 'Écologie']],
    ['type=audition', ['Écologie']],
    ['status=programme', ['Agriculture']],
    ['commission=Finances', ['Agriculture', 'budget']],
    ['commission=finances', ['Agriculture', 'budget']],
    ['commission=developpement durable', ['Écologie']],
    ['commission=Fin', []],
    ['commission=', ['Zone_humide', 'Agriculture', 'budget', 'Écologie']],
    ['depute=leveque', ['Écologie']],
    ['depute=DUCOEUR', ['budget']],
    ['date_start=2026-03-03', ['Zone_humide', 'Agriculture']],
    ['date_end=2026-03-02', ['budget', 'Écologie']],
    ['date_start=2026-03-02&date_end=2026-03-02', ['budget']],
    ['has_audio=true', []],
    ['has_audio=false&commission=Finances', ['Agriculture', 'budget']],
    ['commission=Finances&type=commission&status=termine&date_start=2026-01-01&q=bud', ['budget']],
  ])('%s', async (query, expected) => {
    const headers = { host: 'listing.test' };
    const reply = await app.app.inject({ method: 'GET', url: `/api/debats/?${query}`, headers });
    expect(reply.statusCode).toBe(200);
    expect(titles(reply.json()).toSorted()).toEqual(expected.toSorted());
    const hasSort = query.includes('sort_by') || query === 'sort_order=asc';
    if (hasSort) expect(titles(reply.json()).slice(0, 2)).toEqual(expected.slice(0, 2));
    expect(reply.json().total).toBe(expected.length);
  });

  test('whoever holds archive.read sees what is not public', async () => {
    const { body } = await list('per_page=100', 'stranger');
    expect(titles(body).slice(0, 2)).toEqual(['Par adresse', 'Réservé']);
    expect(body.total).toBe(6);
  });

  test('pages meet without gap or overlap, and say what lies beyond', async () => {
    const seen: string[] = [];
    for (const page of [1, 2, 3]) {
      const { body } = await list(`per_page=2&page=${page}`, 'stranger');
      seen.push(...titles(body));
      expect(body).toMatchObject({ total: 6, page, per_page: 2, has_next: page < 3, has_prev: page > 1 });
    }
    expect(new Set(seen).size).toBe(6);
    const { body } = await list('per_page=2&page=4', 'stranger');
    expect(body).toMatchObject({ debats: [], has_next: false, has_prev: true });
  });

  test('the most viewed first', async () => {
    const ids = (await list('sort_order=asc', 'stranger')).body.debats.map(
      (debat: { id: string }) => debat.id,
    );
    const [first, second] = ids;
    const count = 'update debat_counts set view_count = $2 where debat_id = $1';
    await app.kernel.db.pool.query(count, [first, 5]);
    await app.kernel.db.pool.query(count, [second, 9]);
    const { body } = await list('sort_by=view_count&per_page=2', 'stranger');
    expect(body.debats.map((debat: { id: string }) => debat.id)).toEqual([second, first]);
  });

  test('a new débat is counted at once', async () => {
    const { total } = (await list('', 'stranger')).body;
    await call('POST', '/api/debats', 'stranger', { title: 'Compté' });
    expect((await list('', 'stranger')).body.total).toBe(total + 1);
  });

  test.each([
    'page=0',
    'page=x',
    'per_page=101',
    'per_page=0',
    'sort_by=salle',
    'sort_order=up',
    'type=x',
    'date_start=2026-02-30',
    'date_start=2026-02-02&date_end=2026-02-01',
    'has_audio=perhaps',
    `q=${'x'.repeat(201)}`,
    'q=a&q=b',
  ])('%s is refused', async (query) => {
    expect((await list(query)).status).toBe(422);
  });
});
