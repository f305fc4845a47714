import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { makeForm, runJob, sampleSound, storedFiles } from '../../../../test/harness/factories/media.ts';
import { openSoundHost, type SoundHost } from '../../../../test/harness/factories/sound-host.ts';

let here: TestApp;
let host: SoundHost;
let organisationId: string;
let headers: Record<string, string>;
let wav: Buffer;

beforeAll(async () => {
  wav = await sampleSound('tone.wav', 1);
  host = await openSoundHost({ '/long.wav': wav });
  here = await buildTestApp({ env: { EXTRACTION_ALLOWED_HOSTS: '127.0.0.1' } });
  const signedIn = await createSignedIn(here, { isPlatformAdmin: true });
  organisationId = signedIn.organisation.id;
  headers = signedIn.session.headers;
});
afterAll(async () => {
  await here.end();
  await host.close();
});

const setQuota = (quota_bytes: unknown, id = organisationId) =>
  here.app.inject({
    method: 'PATCH',
    url: `/api/admin/organisations/${id}`,
    headers,
    payload: { quota_bytes },
  });
const storage = async () => (await here.app.inject({ url: '/api/storage', headers })).json();
const upload = () => {
  const form = makeForm([{ name: 'file', filename: 'a.wav', value: wav }]);
  return here.app.inject({
    method: 'POST',
    url: '/api/recordings',
    headers: { ...headers, ...form.headers },
    payload: form.payload,
  });
};
const show = async (id: string) => (await here.app.inject({ url: `/api/recordings/${id}`, headers })).json();
const extract = (recordingId: string) =>
  runJob(here, 'media.extract-recording', { organisationId, recordingId });

async function removeAll(): Promise<void> {
  for (const { id } of (await here.app.inject({ url: '/api/recordings', headers })).json().recordings) {
    await here.app.inject({ method: 'DELETE', url: `/api/recordings/${id}?permanently=true`, headers });
  }
}

describe('a quota', () => {
  test('is set by administrators of the installation, for organisations that exist, as a size or null', async () => {
    expect((await setQuota(5)).json()).toMatchObject({ id: organisationId, quota_bytes: 5 });
    for (const bad of [-1, 1.5, '5', 2 ** 60, undefined]) expect((await setQuota(bad)).statusCode).toBe(422);
    for (const id of ['nothing', crypto.randomUUID()]) expect((await setQuota(5, id)).statusCode).toBe(404);
    const { session } = await createSignedIn(here);
    const payload = { quota_bytes: null };
    const url = `/api/admin/organisations/${organisationId}`;
    const refused = await here.app.inject({ method: 'PATCH', url, headers: session.headers, payload });
    expect(refused.statusCode).toBe(403);
    expect((await setQuota(null)).json().quota_bytes).toBeNull();
  });

  test('refuses an upload that does not fit, says by how much, and keeps nothing of it', async () => {
    await setQuota(wav.length - 1);
    const before = await storedFiles(here);
    const reply = await upload();
    expect(reply.statusCode).toBe(507);
    expect(reply.json()).toMatchObject({
      type: 'urn:antenne:problem:media.quota-exceeded',
      quota_bytes: wav.length - 1,
      used_bytes: 0,
      detail: expect.stringContaining('your organisation may keep'),
    });
    expect(await storedFiles(here)).toEqual(before);
    const pieces = { ...headers, 'tus-resumable': '1.0.0', 'upload-length': String(wav.length) };
    const announced = await here.app.inject({ method: 'POST', url: '/api/uploads', headers: pieces });
    expect(announced.statusCode).toBe(507);
  });

  test('is not passed by several uploads at once', async () => {
    await setQuota(2 * wav.length + 10);
    const replies = await Promise.all([1, 2, 3, 4].map(upload));
    expect(replies.map(({ statusCode }) => statusCode).sort()).toEqual([201, 201, 507, 507]);
    expect(await storage()).toMatchObject({
      used_bytes: 2 * wav.length,
      originals_bytes: 2 * wav.length,
      recordings: 2,
      quota_bytes: 2 * wav.length + 10,
      free_bytes: expect.any(Number),
    });
    const { rows } = await here.kernel.db.pool.query('select original_key as key from recordings');
    const files = (await storedFiles(here)).filter((file) => file.includes('original'));
    expect(files.filter((file) => !rows.some(({ key }) => file.endsWith(key)))).toEqual([]);
    await removeAll();
  });

  test('ends an extraction whose renditions do not fit, which goes on when there is room', async () => {
    await setQuota(wav.length + 1000);
    const { id } = (await upload()).json();
    await extract(id);
    expect(await show(id)).toMatchObject({ status: 'error', error_code: 'media.quota-exceeded' });
    await setQuota(null);
    await here.app.inject({ method: 'POST', url: `/api/recordings/${id}/retry`, headers });
    await extract(id);
    expect((await show(id)).status).toBe('ready');
    const full = await storage();
    expect(full.used_bytes).toBe(full.originals_bytes + full.renditions_bytes);
    expect(full.renditions_bytes).toBeGreaterThan(1000);

    await setQuota(full.used_bytes);
    const url = `/api/recordings/${id}/renditions`;
    const more = await here.app.inject({ method: 'POST', url, headers, payload: { format: 'flac' } });
    expect(more.statusCode).toBe(507);
    await here.app.inject({ method: 'DELETE', url: `/api/recordings/${id}`, headers });
    expect(await storage()).toMatchObject({
      used_bytes: full.used_bytes,
      trash_bytes: full.used_bytes,
      recordings: 0,
    });
    await here.app.inject({ method: 'DELETE', url: `/api/recordings/${id}?permanently=true`, headers });
    expect(await storage()).toMatchObject({ used_bytes: 0, trash_bytes: 0, trashed_recordings: 0 });
  });

  test('ends an import at the first byte that is too much', async () => {
    await setQuota(wav.length - 1);
    const payload = { url: `${host.url}/long.wav` };
    const { recording_id: id } = (
      await here.app.inject({ method: 'POST', url: '/api/recordings/import', headers, payload })
    ).json();
    await extract(id);
    expect(await show(id)).toMatchObject({
      status: 'error',
      error_code: 'media.quota-exceeded',
      file_size: null,
    });
    expect((await storage()).used_bytes).toBe(0);
  });
});

test('what is kept is told to who may read, without the disk to who may not see the machine', async () => {
  const organisation = await here.composition.accounts.organisationOf(organisationId);
  if (!organisation) throw new Error('the organisation is gone');
  const { session } = await createSignedIn(here, { organisation, role: 'member' });
  const seen = await here.app.inject({ url: '/api/storage', headers: session.headers });
  expect(seen.json()).toMatchObject({ used_bytes: 0, free_bytes: null, trash_days: 30 });
  expect((await here.app.inject('/api/storage')).statusCode).toBe(401);
});
