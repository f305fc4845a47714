import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { buildTestApp, type TestApp, testClock } from '../../../test/harness/app.ts';
import { createOrganisation, createSignedIn } from '../../../test/harness/factories/accounts.ts';
import { createReadyRecording, runJob } from '../../../test/harness/factories/media.ts';

const clock = testClock();
let here: TestApp;
let second: TestApp;
let writer: Record<string, string>;
let guest: Record<string, string>;
let organisationId: string;

beforeAll(async () => {
  here = await buildTestApp({ clock });
  second = await buildTestApp({ beside: here });
  const organisation = await createOrganisation(here, { isDefault: true });
  organisationId = organisation.id;
  writer = (await createSignedIn(here, { organisation, role: 'administrator' })).session.headers;
  guest = (await createSignedIn(here, { organisation, role: 'guest' })).session.headers;
});
afterAll(async () => {
  await second.end();
  await here.end();
});

const get = async (url: string, app = here, headers: Record<string, string> = {}) => {
  const reply = await app.app.inject({ url, headers });
  return { status: reply.statusCode, body: reply.json() };
};
const write = (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload: object) =>
  here.app.inject({ method, url, payload, headers: writer });
const create = async (title: string, more: object = {}): Promise<string> => {
  const reply = await write('POST', '/api/debats', {
    title,
    type: 'autre',
    date: '2026-02-03',
    visibility: 'public',
    ...more,
  });
  expect(reply.statusCode, reply.body).toBe(201);
  return reply.json().id;
};
const hits = async (kind: string, app = here) => {
  const { values } = await app.kernel.metrics.cacheRequests.get();
  return values.find(({ labels }) => labels.kind === kind && labels.outcome === 'hit')?.value ?? 0;
};
/** What strangers read, in both processes. */
const everywhere = async (url: string, check: (reply: { status: number; body: never }) => void) => {
  for (const app of [here, second]) await vi.waitFor(async () => check((await get(url, app)) as never));
};

test('débats are kept for strangers, and a change ends what is kept in every process', async () => {
  const id = await create('Avant');
  const [one, list] = [`/api/debats/${id}`, '/api/debats?per_page=5'];
  for (const url of [one, list]) {
    const kind = url === one ? 'debat' : 'debats';
    await vi.waitFor(async () => {
      const before = await hits(kind);
      await get(url);
      expect(await hits(kind)).toBe(before + 1);
    });
    await get(url, second);
  }
  expect((await write('PATCH', one, { title: 'Après' })).json().title).toBe('Après');
  // Who wrote reads what they wrote, at once and wherever they ask; strangers of the same process too.
  for (const app of [here, second]) expect((await get(one, app, writer)).body.title).toBe('Après');
  expect((await get(one)).body.title).toBe('Après');
  expect((await get(list)).body.debats[0].title).toBe('Après');
  await everywhere(one, ({ body }: { body: { title: string } }) => expect(body.title).toBe('Après'));
  await everywhere(list, ({ body }: { body: { debats: { title: string }[] } }) =>
    expect(body.debats[0]?.title).toBe('Après'),
  );
});

test('what is hidden is kept for nobody who may not see it', async () => {
  const id = await create('Secret', { visibility: 'private' });
  expect((await get(`/api/debats/${id}`, here, writer)).status).toBe(200);
  for (const headers of [{}, guest]) expect((await get(`/api/debats/${id}`, here, headers)).status).toBe(404);
  await write('PATCH', `/api/debats/${id}`, { visibility: 'public' });
  expect((await get(`/api/debats/${id}`)).status).toBe(200);
  await everywhere(`/api/debats/${id}`, ({ status }) => expect(status).toBe(200));
  await write('PATCH', `/api/debats/${id}`, { visibility: 'private' });
  expect((await get(`/api/debats/${id}`)).status).toBe(404);
  await everywhere(`/api/debats/${id}`, ({ status }) => expect(status).toBe(404));
  expect((await write('DELETE', `/api/debats/${id}`, {})).statusCode).toBe(204);
});

test('searches of strangers are kept, with the time that each took', async () => {
  const url = '/api/search?q=apres';
  await vi.waitFor(async () => {
    const before = await hits('search');
    expect((await get(url)).body.took_ms).toBeGreaterThanOrEqual(0);
    expect(await hits('search')).toBe(before + 1);
  });
  const before = await hits('search');
  const own = await get(url, here, guest);
  expect([own.status, await hits('search')]).toEqual([200, before]);
  // Another organisation's readers, other words, another page: none is this one.
  for (const other of ['/api/search?q=autre', `${url}&page=2`, `${url}&type=commission`]) {
    expect((await get(other)).status).toBe(200);
    expect(await hits('search')).toBe(before);
  }
});

// The last one: tokens are late after it.
test('addresses to play from are kept while they are the same, and new renditions end it', async () => {
  const recording = await createReadyRecording(here, organisationId);
  const id = await create('Sonore', { recording_id: recording });
  const url = `/api/debats/${id}/streaming`;
  await vi.waitFor(async () => {
    const before = await hits('streaming');
    expect((await get(url)).body.renditions).toHaveLength(2);
    expect(await hits('streaming')).toBe(before + 1);
  });
  const asked = await write('POST', `/api/recordings/${recording}/renditions`, {
    format: 'mp3',
    quality: '64k',
  });
  await runJob(here, 'media.make-rendition', { organisationId, renditionId: asked.json().id });
  await everywhere(url, ({ body }: { body: { renditions: unknown[] } }) =>
    expect(body.renditions).toHaveLength(3),
  );
  const before = (await get(url)).body.stream_url;
  clock.advance(3_600_000);
  expect((await get(url)).body.stream_url).not.toBe(before);
});
