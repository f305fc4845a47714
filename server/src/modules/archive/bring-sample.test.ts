import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import { createOrganisation, createSignedIn } from '../../../test/harness/factories/accounts.ts';
import type { Organisation } from '../accounts/public.ts';

let app: TestApp;
let here: Organisation;
let headers: { authorization: string };

beforeAll(async () => {
  app = await buildTestApp({ withJobs: true });
  here = await createOrganisation(app, { isDefault: true });
  headers = (await createSignedIn(app, { organisation: here, role: 'archivist' })).session.headers;
});
afterAll(() => app.end());

const get = async (url: string) => (await app.app.inject({ url, headers })).json();
const askForSample = (as: { authorization: string }) =>
  app.app.inject({ method: 'POST', url: '/api/setup/sample', headers: as });

/** Looks again until the sound is ready; the test's own deadline ends a wait that is in vain. */
async function whenReady(id: string) {
  for (;;) {
    const debat = await get(`/api/debats/${id}`);
    if (debat.has_audio) return debat;
    if (debat.status === 'erreur') throw new Error(`the sound of ${debat.title} failed`);
    await delay(50);
  }
}

describe('play the sample', () => {
  test('brings one débat whose sound becomes playable like any upload', { timeout: 90_000 }, async () => {
    const reply = await askForSample(headers);
    expect(reply.statusCode).toBe(201);
    const { debate_ids: debats, recording_ids: recordings } = reply.json();
    expect([debats.length, recordings.length]).toEqual([1, 1]);
    const debat = await whenReady(debats[0]);
    expect(debat).toMatchObject({ status: 'disponible', recording_id: recordings[0], visibility: 'public' });
    const recording = await get(`/api/recordings/${recordings[0]}`);
    expect(recording).toMatchObject({ status: 'ready', language: 'fr', source: 'upload' });
    expect(recording.duration_seconds).toBeGreaterThan(120);
    const sound = await app.app.inject({
      url: `/api/debats/${debat.id}/audio`,
      headers: { range: 'bytes=0-99' },
    });
    expect([sound.statusCode, sound.rawPayload.length]).toEqual([206, 100]);
  });

  test('asked for again, also twice at once, names the same and adds nothing', async () => {
    const before = await get('/api/recordings');
    const replies = await Promise.all([askForSample(headers), askForSample(headers)]);
    const [first, second] = replies.map((reply) => reply.json());
    expect(second).toEqual(first);
    expect((await get('/api/recordings')).total).toBe(before.total);
    expect((await get('/api/debats')).total).toBe(1);
  });

  test('twice at once from nothing brings one', async () => {
    const { session } = await createSignedIn(app, { role: 'producer' });
    const replies = await Promise.all([askForSample(session.headers), askForSample(session.headers)]);
    expect(replies.map((reply) => reply.statusCode)).toEqual([201, 201]);
    expect(replies[1]?.json()).toEqual(replies[0]?.json());
    const list = await app.app.inject({ url: '/api/recordings', headers: session.headers });
    expect(list.json().total).toBe(1);
  });

  test('is for those who may write', async () => {
    const { session } = await createSignedIn(app, { organisation: here, role: 'member' });
    expect((await askForSample(session.headers)).statusCode).toBe(403);
  });
});

test('a single database connection is enough', async () => {
  const small = await buildTestApp({ env: { DB_POOL_SIZE: '1' } });
  try {
    const { session } = await createSignedIn(small, { role: 'archivist' });
    const url = '/api/setup/sample';
    const reply = await small.app.inject({ method: 'POST', url, headers: session.headers });
    expect(reply.statusCode).toBe(201);
  } finally {
    await small.end();
  }
});

describe('the whole seed', () => {
  test('adds what is missing, in whoever’s name or nobody’s, and nothing the second time', async () => {
    const bringer = { organisationId: here.id, personId: null };
    const first = await app.composition.archive.bringSeed(bringer);
    expect(first.added).toBe(first.debatIds.length - 1);
    expect(first.recordingIds).toHaveLength(3);
    const second = await app.composition.archive.bringSeed(bringer);
    expect(second).toEqual({ ...first, added: 0 });
    const { debats } = await get('/api/debats?per_page=100');
    expect(debats.length).toBe(first.debatIds.length);
    expect(new Set(debats.map((debat: { status: string }) => debat.status))).toContain('programme');
  });

  test('comes back where a person removed it', async () => {
    const bringer = { organisationId: here.id, personId: null };
    const { session } = await createSignedIn(app, { organisation: here, role: 'administrator' });
    const [removed] = (await get('/api/debats?q=emprunts')).debats;
    await app.app.inject({ method: 'DELETE', url: `/api/debats/${removed.id}`, headers: session.headers });
    expect((await app.composition.archive.bringSeed(bringer)).added).toBe(1);
  });
});
