import { utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createOrganisation } from '../../../../test/harness/factories/accounts.ts';
import {
  createReadyRecording,
  runJob,
  sampleSound,
  storedFiles,
} from '../../../../test/harness/factories/media.ts';
import { openSoundHost, type SoundHost } from '../../../../test/harness/factories/sound-host.ts';
import { newId } from '../../../kernel/id.ts';
import { sweepFiles } from '../keeping/sweep-files.ts';
import { createMediaContext, type MediaContext } from '../media-context.ts';
import { PROGRESS_CHANNEL, type RecordingProgress } from '../public.ts';
import { extractRecording } from './extract-recording.ts';
import { reconcileWork } from './reconcile-work.ts';

const EXTRACT = 'media.extract-recording';

let here: TestApp;
let source: SoundHost;
let context: MediaContext;
let organisationId: string;
let hints: RecordingProgress[] = [];

beforeAll(async () => {
  here = await buildTestApp();
  source = await openSoundHost({
    '/tone.mp3': await sampleSound('tone.mp3', 3),
    '/long.wav': await sampleSound('tone.wav', 120),
    '/text.mp3': Buffer.from('no sound at all\n'.repeat(100)),
    '/empty.mp3': Buffer.alloc(0),
    '/cut.mp4': (await sampleSound('film.mp4', 3)).subarray(0, 2_000),
  });
  context = createMediaContext(here.kernel, here.composition.accounts);
  organisationId = (await createOrganisation(here)).id;
  here.kernel.hints.on(PROGRESS_CHANNEL, (data) => void hints.push(data as RecordingProgress));
});
afterAll(async () => {
  await context.fetch.close();
  await source.close();
  await here.end();
});

let serial = 0;
async function request(path: string): Promise<string> {
  serial += 1;
  const { recordingId } = await here.kernel.db.transaction((tx) =>
    here.composition.media.requestExtraction(tx, {
      organisationId,
      sourceUrl: `${source.url}${path}?${serial}`,
      createdBy: null,
    }),
  );
  return recordingId;
}

const show = async (id: string) => {
  const recording = await here.composition.media.getRecording(here.kernel.db.kysely, organisationId, id);
  if (!recording) throw new Error('the recording is gone');
  return recording;
};
const filesOf = async (id: string) => {
  const { rows } = await here.kernel.db.pool.query(
    'select format, quality, status, error from media_audio_files where recording_id = $1 order by id',
    [id],
  );
  return rows;
};
const extract = (recordingId: string, given: Parameters<typeof runJob>[3] = {}) =>
  runJob(here, EXTRACT, { organisationId, recordingId }, given);
const cancel = (id: string) =>
  here.kernel.db.transaction((tx) => here.composition.media.cancelExtraction(tx, organisationId, id));
const eventsOf = async (id: string, event: 'ready' | 'failed') => {
  const { rows } = await here.kernel.db.pool.query(
    `select name, data from pgboss.job where data->>'recordingId' = $1 and name like 'archive.%'`,
    [id],
  );
  return rows.filter(({ data }) => (event === 'ready' ? 'durationMs' in data : 'message' in data));
};

describe('an extraction', () => {
  test('turns an address into sound that plays, and says so durably', async () => {
    hints = [];
    const id = await request('/tone.mp3');
    expect(await filesOf(id)).toMatchObject([{ status: 'pending' }, { status: 'pending' }]);
    await extract(id);
    const recording = await show(id);
    expect(recording).toMatchObject({
      status: 'ready',
      stage: 'done',
      progress: 100,
      codec: 'mp3',
      filename: 'tone.mp3',
      errorMessage: null,
    });
    expect(recording.durationMs).toBeGreaterThan(2_950);
    expect(recording.durationMs).toBeLessThan(3_060);
    expect(await filesOf(id)).toEqual([
      { format: 'mp3', quality: '192k', status: 'completed', error: null },
      { format: 'aac', quality: '128k', status: 'completed', error: null },
    ]);
    expect(await eventsOf(id, 'ready')).not.toHaveLength(0);
    await expect
      .poll(() => hints.filter((hint) => hint.recordingId === id).at(-1))
      .toEqual({ organisationId, recordingId: id, status: 'ready', progress: 100, message: null });
  });

  test('run twice does nothing the second time', async () => {
    const id = await request('/tone.mp3');
    await extract(id);
    const before = [await show(id), await storedFiles(here), await eventsOf(id, 'ready')];
    await extract(id);
    expect([await show(id), await storedFiles(here), await eventsOf(id, 'ready')]).toEqual(before);
  });

  test('run twice at the same time ends once, with one set of files', async () => {
    const id = await request('/tone.mp3');
    await Promise.all([extract(id), sleep(40).then(() => extract(id))]);
    expect(await show(id)).toMatchObject({ status: 'ready' });
    expect(await eventsOf(id, 'ready')).toHaveLength(1);
    expect((await storedFiles(here)).filter((file) => file.includes(id))).toHaveLength(6);
  });

  test.each([
    ['/text.mp3', 'media.not-audio'],
    ['/empty.mp3', 'media.broken-file'],
    ['/missing.mp3', 'media.fetch-failed'],
    ['/redirect?to=http://127.0.0.2/secret.mp3', 'media.address-refused'],
    ['/redirect?to=file:///etc/passwd', 'media.address-refused'],
  ])('of %s ends in %s at the first try, without files', async (path, code) => {
    const before = await storedFiles(here);
    const id = await request(path);
    await extract(id);
    const recording = await show(id);
    expect(recording).toMatchObject({ status: 'error', errorCode: code });
    expect(recording.errorMessage).toMatch(/^[A-Z].*\.$/);
    expect(await eventsOf(id, 'failed')).toHaveLength(1);
    expect((await filesOf(id)).map(({ status }) => status)).toEqual(['error', 'error']);
    const added = (await storedFiles(here)).filter((file) => !before.includes(file));
    // What was fetched before it proved to be no sound is the original, for whoever asks why.
    expect(added.length).toBe(recording.originalKey === null ? 0 : 1);
  });

  test('of a film that is cut short ends in a sentence, never in half a sound', async () => {
    const id = await request('/cut.mp4');
    await extract(id);
    expect(await show(id)).toMatchObject({ status: 'error', waveformKey: null });
  });

  test('that meets a host in trouble goes back to the queue, and gives up after five tries', async () => {
    const id = await request('/trouble');
    for (let attempt = 1; attempt <= 4; attempt++) {
      await expect(extract(id, { attempt })).rejects.toThrow(/503/);
      expect(await show(id)).toMatchObject({ status: 'queued', faults: attempt, errorMessage: null });
    }
    await extract(id, { attempt: 5 });
    expect(await show(id)).toMatchObject({ status: 'error', errorCode: 'media.fetch-failed' });
    expect(await eventsOf(id, 'failed')).toHaveLength(1);
  }, 120_000);

  test('goes on with Range where the connection broke', async () => {
    const id = await request('/breaks');
    await extract(id);
    expect(await show(id)).toMatchObject({ status: 'ready' });
    expect(source.ranges.some((range) => /^bytes=[1-9]/.test(range))).toBe(true);
  });

  test('that takes too long ends', async () => {
    const hasty = await buildTestApp({ beside: here, env: { EXTRACTION_TIMEOUT: '1' } });
    try {
      const id = await request('/slow');
      await runJob(hasty, EXTRACT, { organisationId, recordingId: id });
      expect(await show(id)).toMatchObject({ status: 'error', errorCode: 'media.extraction-timeout' });
    } finally {
      await hasty.end();
    }
  });
});

describe('an extraction that is interrupted', () => {
  const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 1e9));
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };

  test(`at any moment goes on to its end and leaves nothing over (TEST_SEED=${seed})`, async () => {
    for (let round = 0; round < 6; round++) {
      const id = await request('/tone.mp3');
      let runs = 0;
      while ((await show(id)).status !== 'ready') {
        const limitMs = runs < 8 ? Math.floor(random() * 900) : 60_000;
        const signal = AbortSignal.timeout(limitMs);
        await extract(id, { signal, attempt: ++runs }).catch(() => undefined);
        const { status, stage, originalKey } = await show(id);
        expect(['queued', 'ready']).toContain(status);
        if (stage !== 'fetch') expect(originalKey).not.toBeNull();
        expect(runs).toBeLessThan(12);
      }
      expect(await show(id)).toMatchObject({ status: 'ready', faults: 0 });
      expect((await storedFiles(here)).filter((file) => file.includes(id))).toHaveLength(6);
    }
    expect((await storedFiles(here)).filter((file) => file.includes('/storage/tmp/'))).toEqual([]);
  }, 120_000);

  test('by a cancel stops within seconds, can be retried, and then fetches nothing anew', async () => {
    const id = await request('/long.wav');
    const running = extract(id);
    await expect.poll(async () => (await show(id)).stage, { timeout: 20_000 }).toBe('encode');
    await cancel(id);
    await running;
    expect(await show(id)).toMatchObject({ status: 'error', errorCode: 'media.cancelled' });
    expect((await storedFiles(here)).filter((file) => file.includes(id))).toHaveLength(1);
    const asked = source.asked('/long.wav');
    await here.kernel.db.transaction((tx) => here.composition.media.retry(tx, organisationId, id));
    expect(await show(id)).toMatchObject({ status: 'queued', errorCode: null, stage: 'encode' });
    await extract(id);
    expect(await show(id)).toMatchObject({ status: 'ready' });
    expect(source.asked('/long.wav')).toBe(asked);
  }, 60_000);

  test('between the storing and the showing of its files takes them away again', async () => {
    const id = await request('/tone.mp3');
    const { storage } = here.kernel;
    const adopt: typeof storage.adopt = async (path, key) => {
      const file = await storage.adopt(path, key);
      if (key.endsWith('waveform.dat')) await cancel(id);
      return file;
    };
    const kernel = { ...here.kernel, storage: { ...storage, adopt } };
    const job = { jobId: newId(), attempt: 1, isLastAttempt: false, signal: new AbortController().signal };
    await extractRecording({ ...context, kernel }, { organisationId, recordingId: id }, job);
    expect(await show(id)).toMatchObject({
      status: 'error',
      errorCode: 'media.cancelled',
      waveformKey: null,
    });
    expect((await filesOf(id)).map(({ status }) => status)).toEqual(['error', 'error']);
    expect(await eventsOf(id, 'ready')).toEqual([]);
    expect((await storedFiles(here)).filter((file) => file.includes(id))).toEqual([
      expect.stringMatching(/-original$/),
    ]);
  });

  test('by the removal of its recording leaves no file', async () => {
    const id = await request('/long.wav');
    const running = extract(id);
    await expect.poll(async () => (await show(id)).stage, { timeout: 20_000 }).toBe('encode');
    await here.kernel.db.transaction((tx) => here.composition.media.removeRecording(tx, organisationId, id));
    await running;
    const { rows } = await here.kernel.db.pool.query(
      `select data from pgboss.job where name = 'media.remove-files' and data::text like $1`,
      [`%${id}%`],
    );
    expect(rows).toHaveLength(1);
    await runJob(here, 'media.remove-files', rows[0].data);
    expect((await storedFiles(here)).filter((file) => file.includes(id))).toEqual([]);
  }, 60_000);

  test('forty times without an end is given up', async () => {
    const id = await request('/tone.mp3');
    await here.kernel.db.pool.query('update recordings set attempts = 40 where id = $1', [id]);
    await extract(id);
    expect(await show(id)).toMatchObject({ status: 'error', errorCode: 'media.gave-up' });
  });
});

describe('upkeep', () => {
  test('gives work without a job a new one, once however many look', async () => {
    const id = await request('/tone.mp3');
    const { pool } = here.kernel.db;
    await pool.query(
      `update recordings set status = 'processing', heartbeat_at = now() - interval '2 minutes' where id = $1`,
      [id],
    );
    await pool.query(`delete from pgboss.job where data->>'recordingId' = $1`, [id]);
    await Promise.all([reconcileWork(context), reconcileWork(context)]);
    const { rows } = await pool.query(
      `select id from pgboss.job where name = $2 and data->>'recordingId' = $1`,
      [id, EXTRACT],
    );
    expect(rows).toHaveLength(1);
    expect(await show(id)).toMatchObject({ status: 'queued', jobId: rows[0].id });
  });

  test('removes what no row refers to, and nothing that is young or referenced', async () => {
    const id = await createReadyRecording(here, organisationId);
    const { storage } = here.kernel;
    const files = await storedFiles(here);
    for (const [key, isOld] of [
      ['recordings/orphan/old.mp3', true],
      ['recordings/orphan/young.mp3', false],
    ] as const) {
      const draft = await storage.create();
      await draft.write(Buffer.from('x'));
      await draft.commit(key);
      const old = new Date(Date.now() - 2 * 3_600_000);
      if (isOld) await utimes(String(await storage.place(key)), old, old);
    }
    for (const file of files) await utimes(file, new Date(0), new Date(0));
    await sweepFiles(context);
    const left = await storedFiles(here);
    expect(left.filter((file) => file.includes('orphan'))).toEqual([expect.stringContaining('young.mp3')]);
    expect(left.filter((file) => file.includes(id))).toEqual(files.filter((file) => file.includes(id)));
  });
});
