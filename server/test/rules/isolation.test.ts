import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type RouteFacts, type TestApp } from '../harness/app.ts';
import { createTranscription } from '../harness/factories/transcription.ts';

const ADMIN = { email: 'first@antenne.test', password: 'Correct-horse-battery-2026' };
const STRANGER = { email: 'stranger@antenne.test', password: 'Another-horse-battery-2026' };

let test: TestApp;
let theirToken: string;
/** What belongs to the first organisation, by the beginning of the addresses that name it. */
let owned: Record<string, string>;

beforeAll(async () => {
  test = await buildTestApp({
    env: { INITIAL_ADMIN_EMAIL: ADMIN.email, INITIAL_ADMIN_PASSWORD: ADMIN.password },
  });
  const mine = await signIn(ADMIN);
  const { id: organisation } = await call('POST', '/api/admin/organisations', mine, {
    name: 'Another house',
  });
  await call('POST', '/api/admin/users', mine, {
    username: 'stranger',
    email: STRANGER.email,
    password: STRANGER.password,
    role: 'administrator',
    organisation_id: organisation,
  });
  theirToken = await signIn(STRANGER);
  const person = await call('POST', '/api/admin/users', mine, {
    username: 'victim',
    password: 'Yet-another-horse-2026',
  });
  const debat = await call('POST', '/api/debats', mine, {
    title: 'Ours alone',
    type: 'autre',
    date: '2026-01-02',
    visibility: 'private',
    source_url: 'https://media.antenne.test/ours.mp4',
  });
  const recording = await call('POST', '/api/recordings/import', mine, {
    url: 'https://media.antenne.test/other.mp3',
  });
  const ours = await test.composition.accounts.organisationByHost('');
  const transcription = await createTranscription(test, ours?.id ?? '', recording.recording_id ?? '', [
    'Ours alone',
  ]);
  const upload = await test.app.inject({
    method: 'POST',
    url: '/api/uploads',
    headers: { authorization: `Bearer ${mine}`, 'tus-resumable': '1.0.0', 'upload-length': '9' },
  });
  owned = {
    '/api/admin/users': person.id,
    '/api/debats': debat.id,
    '/api/recordings': recording.recording_id ?? '',
    '/api/audio': recording.recording_id ?? '',
    '/api/compression/jobs': recording.recording?.renditions[0]?.id ?? '',
    '/api/transcriptions': transcription,
    '/api/uploads': upload.json().id,
  };
});
afterAll(() => test.end());

async function signIn(payload: { email: string; password: string }): Promise<string> {
  const reply = await test.app.inject({ method: 'POST', url: '/api/auth/login', payload });
  expect(reply.statusCode, reply.body).toBe(200);
  return reply.json().access_token;
}

async function call(
  method: 'POST',
  url: string,
  token: string,
  payload: object,
): Promise<{ id: string; recording_id?: string; recording?: { renditions: { id: string }[] } }> {
  const reply = await test.app.inject({
    method,
    url,
    payload,
    headers: { authorization: `Bearer ${token}` },
  });
  expect(reply.statusCode, `${url}: ${reply.body}`).toBeLessThan(300);
  return reply.json();
}

/** A body that would be accepted from the owner, so that nothing but the organisation can refuse it. */
const BODIES: Record<string, object> = {
  'PUT /api/admin/users/:id/password': { password: 'A-new-password-2026' },
  'PATCH /api/admin/users/:id': { full_name: 'Stolen' },
  'PUT /api/debats/:id': { title: 'Stolen' },
  'PATCH /api/debats/:id': { title: 'Stolen' },
  'POST /api/debats/:id/extract': {},
  'PATCH /api/recordings/:id': { title: 'Stolen' },
  'POST /api/recordings/:id/sign': {},
  'POST /api/recordings/:id/renditions': { format: 'mp3', quality: '128k' },
};

const named = (routes: RouteFacts[]) => routes.filter(({ url }) => /:(id|file)\b/.test(url));

describe("another organisation's administrator", () => {
  it('is refused on every route that names something of ours, as if it did not exist', async () => {
    const routes = named(test.routes);
    expect(routes.length).toBeGreaterThan(15);
    const answers: string[] = [];
    for (const { method, url } of routes) {
      const prefix = Object.keys(owned).find((start) => url.startsWith(start));
      expect(prefix, `no example for ${method} ${url}`).toBeDefined();
      const reply = await test.app.inject({
        method: method as 'GET',
        url: url.replace(/:(id|file)\b/, owned[prefix ?? ''] ?? ''),
        headers: { authorization: `Bearer ${theirToken}` },
        ...(BODIES[`${method} ${url}`] ? { payload: BODIES[`${method} ${url}`] } : {}),
      });
      if (reply.statusCode !== 404) answers.push(`${method} ${url}: ${reply.statusCode} ${reply.body}`);
    }
    expect(answers).toEqual([]);
  });

  it('sees nothing of ours in any list', async () => {
    const lists = test.routes.filter(
      ({ method, url, isInContract }) => method === 'GET' && isInContract && !url.includes(':'),
    );
    expect(lists.length).toBeGreaterThan(5);
    for (const { url } of lists) {
      const reply = await test.app.inject({ url, headers: { authorization: `Bearer ${theirToken}` } });
      expect(reply.statusCode, url).toBeLessThan(500);
      for (const id of Object.values(owned)) expect(reply.body, url).not.toContain(id);
      expect(reply.body, url).not.toContain('Ours alone');
    }
  });

  it('cannot put something of ours into something of theirs', async () => {
    const reply = await test.app.inject({
      method: 'POST',
      url: '/api/debats',
      headers: { authorization: `Bearer ${theirToken}` },
      payload: { title: 'Theft', type: 'autre', date: '2026-01-02', recording_id: owned['/api/recordings'] },
    });
    expect([404, 422]).toContain(reply.statusCode);
  });

  it('cannot have something of ours transcribed', async () => {
    const reply = await test.app.inject({
      method: 'POST',
      url: '/api/transcriptions',
      headers: { authorization: `Bearer ${theirToken}` },
      payload: { recording_id: owned['/api/recordings'], language: 'en' },
    });
    expect(reply.statusCode, reply.body).toBe(404);
  });

  it('leaves all of ours as it was', async () => {
    const mine = await signIn(ADMIN);
    for (const [prefix, id] of Object.entries(owned)) {
      if (['/api/audio', '/api/admin/users', '/api/uploads'].includes(prefix)) continue;
      const reply = await test.app.inject({
        url: `${prefix}/${id}`,
        headers: { authorization: `Bearer ${mine}` },
      });
      expect(reply.statusCode).toBe(200);
      expect(reply.json().title).not.toBe('Stolen');
    }
    const users = await test.app.inject({
      url: '/api/admin/users',
      headers: { authorization: `Bearer ${mine}` },
    });
    expect(users.body).toContain(owned['/api/admin/users']);
  });
});
