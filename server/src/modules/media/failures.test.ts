import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import { createOrganisation } from '../../../test/harness/factories/accounts.ts';
import {
  createReadyRecording,
  runJob,
  sampleSound,
  storedFiles,
} from '../../../test/harness/factories/media.ts';
import { MediaError } from '../../kernel/media/tools.ts';
import { reconcileWork } from './extraction/reconcile-work.ts';
import { createMediaContext, type MediaContext } from './media-context.ts';
import { requestRendition } from './renditions/request-rendition.ts';
import { uploadFile } from './uploads/upload-file.ts';

let here: TestApp;
let context: MediaContext;
let organisationId: string;
let file: { path: string; filename: string; title: string; language: string };

beforeAll(async () => {
  here = await buildTestApp();
  context = createMediaContext(here.kernel, here.composition.accounts);
  organisationId = (await createOrganisation(here)).id;
  file = { path: path.join(here.dataDir, 'tone.wav'), filename: 'tone.wav', title: 'A tone', language: 'fr' };
  await writeFile(file.path, await sampleSound('tone.wav'));
});
afterAll(async () => {
  await context.fetch.close();
  await here.end();
});

const uploader = () => ({ organisationId, personId: null });
/** The real kernel with one part of it failing. */
const failing = (part: Partial<MediaContext['kernel']>): MediaContext => ({
  ...context,
  kernel: { ...here.kernel, ...part },
});
const refusing = (error: Error) => ({ ...here.kernel.db, transaction: () => Promise.reject(error) });

describe('an upload whose row cannot be written', () => {
  test('leaves no file when the database says so', async () => {
    const before = await storedFiles(here);
    const error = Object.assign(new Error('no room for rows'), { code: '53100' });
    await expect(uploadFile(failing({ db: refusing(error) }), uploader(), file)).rejects.toThrow(
      'no room for rows',
    );
    expect(await storedFiles(here)).toEqual(before);
  });

  test.each(['ECONNRESET', 'EPIPE', '57P01', '08006'])(
    'keeps the file when the commit may have happened (%s): the sweep decides',
    async (code) => {
      const before = await storedFiles(here);
      const error = Object.assign(new Error('the connection broke'), { code });
      await expect(uploadFile(failing({ db: refusing(error) }), uploader(), file)).rejects.toThrow('broke');
      expect(await storedFiles(here)).toHaveLength(before.length + 1);
    },
  );
});

test('an upload that cannot be probed at once is probed by the worker', async () => {
  const probe = () => Promise.reject(new MediaError('tool-failed', 'no ffprobe here'));
  const { id, stage } = await uploadFile(
    failing({ media: { ...here.kernel.media, probe } }),
    uploader(),
    file,
  );
  expect(stage).toBe('probe');
  await runJob(here, 'media.extract-recording', { organisationId, recordingId: id });
  const recording = await here.composition.media.getRecording(here.kernel.db.kysely, organisationId, id);
  expect(recording).toMatchObject({ status: 'ready', codec: 'pcm_s16le' });
});

describe('a rendition', () => {
  const ask = (id: string, quality: string) =>
    here.kernel.db.transaction((tx) =>
      requestRendition(tx, context, organisationId, id, { format: 'mp3', quality }),
    );
  const statusOf = async (id: string) =>
    (await here.kernel.db.pool.query('select status, error from media_audio_files where id = $1', [id]))
      .rows[0];

  test('without its original fails with a sentence, and can be asked for again', async () => {
    const id = await createReadyRecording(here, organisationId);
    for (const stored of await storedFiles(here)) {
      if (stored.includes(id) && stored.endsWith('original')) await rm(stored);
    }
    const rendition = await ask(id, '64k');
    const { pool } = here.kernel.db;
    await runJob(here, 'media.make-rendition', { organisationId, renditionId: rendition.id });
    expect(await statusOf(rendition.id)).toMatchObject({
      status: 'error',
      error: expect.stringMatching(/\.$/),
    });
    await pool.query(`delete from pgboss.job where data->>'renditionId' = $1`, [rendition.id]);
    expect(await ask(id, '64k')).toMatchObject({ id: rendition.id, status: 'pending' });
  });

  test('whose job was lost gets a new one', async () => {
    const id = await createReadyRecording(here, organisationId);
    const rendition = await ask(id, '96k');
    const { pool } = here.kernel.db;
    await pool.query(`delete from pgboss.job where data->>'renditionId' = $1`, [rendition.id]);
    await pool.query(
      `update renditions set status = 'extracting', run_id = $2, heartbeat_at = 'epoch' where id = $1`,
      [rendition.id, randomUUID()],
    );
    expect(await reconcileWork(context)).toBe(1);
    expect(await reconcileWork(context, 0)).toBe(0);
    await runJob(here, 'media.make-rendition', { organisationId, renditionId: rendition.id });
    expect(await statusOf(rendition.id)).toEqual({ status: 'completed', error: null });
  });
});
