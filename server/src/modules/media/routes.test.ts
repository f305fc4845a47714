import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import { createSignedIn } from '../../../test/harness/factories/accounts.ts';
import { createReadyRecording, runJob, storedFiles } from '../../../test/harness/factories/media.ts';

let here: TestApp;
let organisationId: string;
let administrator: Record<string, string>;
let elsewhere: Record<string, string>;
let id: string;

beforeAll(async () => {
  here = await buildTestApp();
  const signedIn = await createSignedIn(here);
  organisationId = signedIn.organisation.id;
  administrator = signedIn.session.headers;
  elsewhere = (await createSignedIn(here)).session.headers;
  id = await createReadyRecording(here, organisationId, { title: 'Séance du 3 mars' });
});
afterAll(() => here.end());

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const call = (method: Method, url: string, payload?: object, headers = administrator) =>
  here.app.inject({ method, url, headers, ...(payload ? { payload } : {}) });

let serial = 0;
const freshUrl = () => {
  serial += 1;
  return `http://127.0.0.1:1/${serial}.mp3`;
};

describe('an import', () => {
  test('is accepted with its job, and refused the second time with the first’s id', async () => {
    const url = freshUrl();
    const first = await call('POST', '/api/recordings/import', { url, priority: 'high', quality: '64k' });
    expect(first.statusCode).toBe(202);
    const { job_id: jobId, recording_id: recordingId, recording } = first.json();
    expect(recording).toMatchObject({
      id: recordingId,
      status: 'queued',
      source: 'import',
      source_url: url,
      title: `${serial}`,
    });
    expect(recording.renditions[0]).toMatchObject({
      format: 'mp3',
      quality: '64k',
      status: 'pending',
      url: null,
    });
    const { rows } = await here.kernel.db.pool.query('select priority from pgboss.job where id = $1', [
      jobId,
    ]);
    expect(rows).toEqual([{ priority: 10 }]);
    const second = await call('POST', '/api/recordings/import', { url });
    expect([second.statusCode, second.json().recording_id]).toEqual([409, recordingId]);
    expect((await call('POST', '/api/recordings/import', { url }, elsewhere)).statusCode).toBe(202);
    await call('POST', `/api/recordings/${recordingId}/cancel`);
    expect((await call('POST', '/api/recordings/import', { url })).statusCode).toBe(202);
    const retried = await call('POST', `/api/recordings/${recordingId}/retry`);
    expect([retried.statusCode, retried.json().type]).toEqual([
      409,
      'urn:antenne:problem:media.already-imported',
    ]);
  });

  test.each([
    'http://10.0.0.1/a.mp3',
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/a.mp3',
    'http://[::ffff:10.0.0.1]/a.mp3',
    'http://2130706434/a.mp3',
    'http://0x7f.0.0.2/',
    'file:///etc/passwd',
    'ftp://radio.example/a.mp3',
    'javascript:alert(1)',
    'concat:/etc/passwd',
    'not an address',
    'http://me:secret@radio.example/a.mp3',
    `http://radio.example/${'é'.repeat(1_000)}`,
  ])('of %s is refused at once', async (url) => {
    const reply = await call('POST', '/api/recordings/import', { url });
    expect([reply.statusCode, reply.json().type]).toEqual([422, 'urn:antenne:problem:media.address-refused']);
    expect(reply.body).not.toContain('secret');
  });

  test.each([
    {},
    { url: 17 },
    { url: 'http://127.0.0.1/a', priority: 'now' },
    { url: 'http://127.0.0.1/a', format: 'exe' },
    { url: 'http://127.0.0.1/a', quality: 192 },
    { url: 'http://127.0.0.1/a', title: '' },
    { url: 'http://127.0.0.1/a', title: 'x'.repeat(501) },
    { url: `http://127.0.0.1/${'a'.repeat(3_000)}` },
  ])('with %j breaks the schema', async (body) => {
    expect((await call('POST', '/api/recordings/import', body)).statusCode).toBe(422);
  });
});

describe('the list', () => {
  test('is paged, filtered by status and by words of the title', async () => {
    const page = (await call('GET', '/api/recordings?per_page=1&status=ready')).json();
    expect(page).toMatchObject({ page: 1, per_page: 1, total: 1, has_next: false, has_prev: false });
    expect(page.recordings[0]).toMatchObject({ id, title: 'Séance du 3 mars', loudness: { range_lu: 0 } });
    expect(page.recordings[0].renditions[0].url).toBe(`/api/recordings/${id}/audio?format=mp3&quality=192k`);
    const found = (await call('GET', '/api/recordings/?q=MARS%20séance')).json();
    expect(found.recordings.map((one: { id: string }) => one.id)).toEqual([id]);
    expect((await call('GET', '/api/recordings?q=%25')).json().total).toBe(0);
    expect((await call('GET', '/api/recordings?q=%00%27--')).statusCode).toBe(200);
  });

  test.each([
    'per_page=101',
    'per_page=0',
    'page=0',
    'page=1e99',
    'page=99999999999',
    'status=done',
    'per_page=abc',
  ])('with %s is refused', async (query) => {
    expect((await call('GET', `/api/recordings?${query}`)).statusCode).toBe(422);
  });
});

describe('a change', () => {
  test('touches what it names, cleaned', async () => {
    const changed = await call('PATCH', `/api/recordings/${id}`, {
      title: ' Un\u202e titre\n',
      language: 'fr-FR',
      visibility: 'unlisted',
      id: 'dropped',
      sha256: 'dropped',
    });
    expect(changed.json()).toMatchObject({
      id,
      title: 'Un titre',
      language: 'fr-FR',
      visibility: 'unlisted',
    });
    const cleared = await call('PATCH', `/api/recordings/${id}`, { language: null });
    expect(cleared.json()).toMatchObject({ title: 'Un titre', language: null, visibility: 'unlisted' });
  });

  test.each([
    { title: '' },
    { title: '\u202e \u0000' },
    { title: 1 },
    { visibility: 'all' },
    { language: 'f' },
    [],
  ])('of %j is refused', async (body) => {
    expect((await call('PATCH', `/api/recordings/${id}`, body)).statusCode).toBe(422);
  });
});

test('another organisation’s recording is a 404 on every route, and stays as it is', async () => {
  const before = (await call('GET', `/api/recordings/${id}`)).json();
  await call('PATCH', `/api/recordings/${id}`, { visibility: 'private' });
  const calls: [Method, string, object?][] = [
    ['GET', ''],
    ['PATCH', '', { title: 'Taken' }],
    ['DELETE', ''],
    ['POST', '/retry'],
    ['POST', '/cancel'],
    ['POST', '/renditions', {}],
    ['POST', '/sign', {}],
    ['GET', '/audio'],
    ['GET', '/download'],
    ['GET', '/waveform'],
    ['GET', '/waveform.dat'],
  ];
  for (const [method, path, body] of calls) {
    for (const other of [id, '01941f29-7c00-7aaa-8aaa-0123456789ab', 'x', "1'--"]) {
      const url = `/api/recordings/${encodeURIComponent(other)}${path}`;
      expect([method, url, (await call(method, url, body, elsewhere)).statusCode]).toEqual([
        method,
        url,
        404,
      ]);
    }
  }
  expect((await call('GET', `/api/recordings/${id}`)).json().title).toBe(before.title);
});

test('work that is over cannot be cancelled, work that went well cannot be retried', async () => {
  for (const verb of ['cancel', 'retry']) {
    const reply = await call('POST', `/api/recordings/${id}/${verb}`);
    expect([reply.statusCode, reply.json().recording_status]).toEqual([409, 'ready']);
  }
});

describe('a removal', () => {
  test('takes the row at once and the files by its job', async () => {
    const gone = await createReadyRecording(here, organisationId);
    expect((await call('DELETE', `/api/recordings/${gone}?permanently=true`)).statusCode).toBe(204);
    expect((await call('GET', `/api/recordings/${gone}`)).statusCode).toBe(404);
    const { rows } = await here.kernel.db.pool.query(
      `select data from pgboss.job where name = 'media.remove-files' and data::text like $1`,
      [`%${gone}%`],
    );
    await runJob(here, 'media.remove-files', rows[0].data);
    await runJob(here, 'media.remove-files', rows[0].data);
    expect((await storedFiles(here)).filter((file) => file.includes(gone))).toEqual([]);
    expect((await call('DELETE', `/api/recordings/${gone}`)).statusCode).toBe(404);
  });

  test('of what something refers to is refused, and changes nothing', async () => {
    const { pool } = here.kernel.db;
    await pool.query('create table borrowers (recording_id uuid references recordings(id))');
    await pool.query('insert into borrowers values ($1)', [id]);
    const reply = await call('DELETE', `/api/recordings/${id}`);
    expect([reply.statusCode, reply.json().type]).toEqual([
      409,
      'urn:antenne:problem:media.recording-in-use',
    ]);
    await pool.query('drop table borrowers');
    const { recordings } = (await call('GET', '/api/recordings?status=ready')).json();
    expect(recordings.map((one: { id: string }) => one.id)).toContain(id);
  });

  test('needs more than the right to upload', async () => {
    const organisation = await here.composition.accounts.organisationOf(organisationId);
    if (!organisation) throw new Error('the organisation is gone');
    const { session } = await createSignedIn(here, { organisation, role: 'producer' });
    expect((await call('DELETE', `/api/recordings/${id}`, undefined, session.headers)).statusCode).toBe(403);
  });
});
