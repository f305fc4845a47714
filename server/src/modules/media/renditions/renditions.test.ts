import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createOrganisation, createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { createReadyRecording, runJob } from '../../../../test/harness/factories/media.ts';
import { toneWav, wavHeader } from '../../../kernel/media/sound.test-kit.ts';
import type { Organisation } from '../../accounts/public.ts';
import { findAudio } from '../streaming/audio-repo.ts';

let here: TestApp;
let second: TestApp;
let organisation: Organisation;
let headers: Record<string, string>;
let recording: string;

beforeAll(async () => {
  here = await buildTestApp({ env: { MAX_WAITING_RENDITIONS: '4' } });
  second = await buildTestApp({ beside: here, env: { MAX_WAITING_RENDITIONS: '4' } });
  organisation = await createOrganisation(here, { isDefault: true });
  headers = (await createSignedIn(here, { organisation, role: 'technician' })).session.headers;
  const bytes = toneWav({ seconds: 3, amplitude: 0.03 });
  recording = await createReadyRecording(here, organisation.id, { bytes, visibility: 'public' });
});
afterAll(async () => {
  await second.end();
  await here.end();
});

interface Reply {
  id: string;
  status: string;
  normalised: number | null;
  error: string | null;
  progress: number;
  url: string | null;
}

const ask = (payload: object, id = recording, app = here, who = headers) =>
  app.app.inject({ method: 'POST', url: `/api/recordings/${id}/renditions`, payload, headers: who });
const cancel = (rendition: string, who = headers, id = recording) =>
  here.app.inject({
    method: 'POST',
    url: `/api/recordings/${id}/renditions/${rendition}/cancel`,
    headers: who,
  });
const play = (query: string, id = recording) =>
  here.app.inject({ url: `/api/recordings/${id}/audio?${query}` });
const make = (renditionId: string) =>
  runJob(here, 'media.make-rendition', { organisationId: organisation.id, renditionId });
const list = async (id = recording): Promise<Reply[]> =>
  (await here.app.inject({ url: `/api/recordings/${id}/renditions`, headers })).json().renditions;

/** Measures a rendition's file, as its listeners would hear it. */
async function heard(id: string, file: string) {
  const source = await findAudio(here.kernel.db, organisation.id, id);
  const found = source?.renditions.find(({ id: one }) => one === file);
  const scratch = await here.kernel.storage.scratch();
  try {
    const inputPath = await scratch.bring(found?.fileKey ?? '');
    return await here.kernel.media.analyse({
      inputPath,
      source: await here.kernel.media.probe(inputPath),
      waveformPath: `${scratch.path}/w`,
      spectrogramPath: `${scratch.path}/s`,
    });
  } finally {
    await scratch.remove();
  }
}

/** Loud clicks on a quiet tone: raised to −16 LUFS, the clicks would pass full scale. */
function clicksWav(channels: number): Buffer {
  const rate = 44_100;
  const data = Buffer.alloc(3 * rate * channels * 2);
  for (let frame = 0; frame < 3 * rate; frame++) {
    const loud = frame % 11_025 < 90 ? 0.8 : 0.05;
    const value = Math.round(Math.sin((2 * Math.PI * 440 * frame) / rate) * loud * 32_767);
    for (let channel = 0; channel < channels; channel++)
      data.writeInt16LE(value, (frame * channels + channel) * 2);
  }
  return Buffer.concat([wavHeader(data.length, rate, channels), data]);
}

describe('a normalised rendition', () => {
  test('is as loud as was asked, beside the plain one, and plays only when it is asked for', async () => {
    const asked = await ask({ format: 'flac', normalise: true });
    expect([asked.statusCode, asked.json().normalised, asked.json().status]).toEqual([202, -16, 'pending']);
    const { id } = asked.json() as Reply;
    await make(id);
    const made = (await list()).find((one) => one.id === id);
    expect(made).toMatchObject({ status: 'completed', progress: 100, normalised: -16 });
    expect((await heard(recording, id)).loudness.integratedLufs).toBeCloseTo(-16, 1);
    expect((await play('format=flac')).statusCode).toBe(404);
    for (const query of ['format=flac&normalise=true', 'format=flac&normalise=-16', 'normalise=1']) {
      expect([query, (await play(query)).headers['content-type']]).toEqual([query, 'audio/flac']);
    }
    expect((await play('format=flac&normalise=-23')).statusCode).toBe(404);
    expect((await here.app.inject({ url: made?.url ?? '' })).headers['content-type']).toBe('audio/flac');
    expect((await play('')).headers['content-type']).toBe('audio/mpeg');
    expect((await ask({ format: 'flac', normalise: -16 })).json()).toMatchObject({ id, status: 'completed' });
    expect((await ask({ format: 'flac' })).json().id).not.toBe(id);
  });

  test('keeps peaks below full scale, and is as loud all the same', async () => {
    const id = await createReadyRecording(here, organisation.id, { bytes: clicksWav(1) });
    const wish = { format: 'mp3', quality: '128k', normalise: -19 };
    const { id: rendition } = (await ask(wish, id)).json() as Reply;
    await make(rendition);
    const { loudness, truePeakDb } = await heard(id, rendition);
    expect(Math.abs((loudness.integratedLufs ?? 0) + 19)).toBeLessThan(0.5);
    expect(truePeakDb).toBeLessThan(0);
  });

  test('of sound that was never measured is made after measuring it', async () => {
    const pool = here.kernel.db.pool;
    await pool.query('delete from recording_analyses where recording_id = $1', [recording]);
    const { id } = (await ask({ format: 'wav', normalise: -23 })).json() as Reply;
    await make(id);
    expect((await heard(recording, id)).loudness.integratedLufs).toBeCloseTo(-23, 1);
    const { rows } = await pool.query('select status from recording_analyses where recording_id = $1', [
      recording,
    ]);
    expect(rows).toEqual([{ status: 'completed' }]);
  });

  test('is refused with a sentence where there is none', async () => {
    const silent = await createReadyRecording(here, organisation.id, { bytes: toneWav({ amplitude: 0 }) });
    for (const [reply, status, said] of [
      [await ask({ normalise: true }, silent), 409, /silent/],
      [await ask({ normalise: -19 }), 409, /one channel/],
      [await ask({ normalise: -17 }), 422, /./],
      [await ask({ normalise: 'yes' }), 422, /./],
      [await play('normalise=-17'), 422, /./],
    ] as const) {
      expect([reply.statusCode, reply.json().detail]).toEqual([status, expect.stringMatching(said)]);
    }
  });
});

describe('work on demand', () => {
  const endAll = () =>
    here.kernel.db.pool.query(
      `update renditions set status = 'error', error_message = 'x' where status in ('pending', 'extracting')`,
    );

  test('is done once for fifty who ask two processes', async () => {
    await endAll();
    const wish = { format: 'opus', quality: '64k' };
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, at) => ask(wish, recording, at % 2 ? here : second)),
    );
    expect(new Set(replies.map(({ statusCode }) => statusCode))).toEqual(new Set([202]));
    const ids = new Set(replies.map((reply) => (reply.json() as Reply).id));
    expect(ids.size).toBe(1);
    const [renditionId = ''] = ids;
    const { rows } = await here.kernel.db.pool.query(
      `select 1 from pgboss.job where name = 'media.make-rendition' and data->>'renditionId' = $1`,
      [renditionId],
    );
    expect(rows).toHaveLength(1);
    await Promise.all([make(renditionId), make(renditionId)]);
    expect((await ask(wish)).json().status).toBe('completed');
  });

  test('that is too much is put off: a quarter of the places is for others', async () => {
    await endAll();
    for (const quality of ['64k', '96k', '160k']) {
      expect((await ask({ format: 'aac', quality })).statusCode).toBe(202);
    }
    const full = await ask({ format: 'aac', quality: '256k' });
    expect([full.statusCode, full.json().type]).toEqual([429, 'urn:antenne:problem:media.transcoder-full']);
    expect(Number(full.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await list()).some(({ status }) => status === 'pending')).toBe(true);
    // Who asks for what waits already, or is there, takes no place.
    expect((await ask({ format: 'aac', quality: '96k' })).statusCode).toBe(202);
    expect((await ask({ format: 'aac', quality: '128k' })).statusCode).toBe(200);
    const other = await createOrganisation(here);
    const them = (await createSignedIn(here, { organisation: other, role: 'technician' })).session.headers;
    const theirs = await createReadyRecording(here, other.id);
    expect((await ask({ format: 'mp3', quality: '64k' }, theirs, here, them)).statusCode).toBe(202);
    expect((await ask({ format: 'mp3', quality: '96k' }, theirs, here, them)).statusCode).toBe(429);
    const { rows } = await here.kernel.db.pool.query(
      `select priority from pgboss.job where name = 'media.make-rendition' and state = 'created'
       and data->>'organisationId' = $1 order by created_on desc limit 1`,
      [other.id],
    );
    // Their first comes before our third.
    expect(rows[0].priority).toBe(0);
  });

  test('ends when it is cancelled, and starts anew when it is asked for again', async () => {
    await endAll();
    const wish = { format: 'mp3', quality: '160k' };
    const { id } = (await ask(wish)).json() as Reply;
    const ended = await cancel(id);
    expect([ended.statusCode, ended.json().status, ended.json().error]).toEqual([
      200,
      'error',
      'The work was cancelled.',
    ]);
    await make(id);
    expect((await list()).find((one) => one.id === id)?.status).toBe('error');
    expect((await cancel(id)).statusCode).toBe(409);
    const again = (await ask(wish)).json() as Reply;
    expect([again.id, again.status, again.error]).toEqual([id, 'pending', null]);
    await make(id);
    expect((await ask(wish)).json().status).toBe('completed');
    const planned = (await list()).find(({ status }) => status === 'completed');
    expect((await cancel(planned?.id ?? '')).statusCode).toBe(409);
    expect((await cancel('no-id')).statusCode).toBe(404);
    const other = await createReadyRecording(here, organisation.id);
    expect((await cancel(id, headers, other)).statusCode).toBe(404);
  });
});
