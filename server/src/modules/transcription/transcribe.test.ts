import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import { createOrganisation } from '../../../test/harness/factories/accounts.ts';
import { createReadyRecording, sampleSound } from '../../../test/harness/factories/media.ts';
import {
  contextWith,
  EngineFailure,
  endless,
  engineOf,
  type Recognise,
  secondBySecond,
} from '../../../test/harness/factories/transcription.ts';
import type { JobRun } from '../../kernel/jobs/job.ts';
import { cancelTranscription } from './cancel-transcription.ts';
import { readSegments } from './chunk-repo.ts';
import type { Engine } from './engines/engine.ts';
import { reconcileWork } from './reconcile-work.ts';
import { requestTranscription } from './request-transcription.ts';
import { retryTranscription } from './retry-transcription.ts';
import { transcribe } from './transcribe.ts';
import { findTranscript } from './transcript-repo.ts';
import type { Transcription, TranscriptionStatus } from './transcription.ts';
import type { TranscriptionContext } from './transcription-context.ts';
import { findTranscription } from './transcription-repo.ts';

const SECONDS = 7;
/** Seven seconds in pieces of two at most: four chunks. */
const CHUNKS = 4;
const short = { maxChunkMs: 2_000 };

let here: TestApp;
let organisationId: string;
let bytes: Buffer;
let recordingId: string;

beforeAll(async () => {
  here = await buildTestApp();
  organisationId = (await createOrganisation(here)).id;
  bytes = await sampleSound('tone.wav', SECONDS);
});
afterAll(() => here.end());
beforeEach(async () => {
  recordingId = await createReadyRecording(here, organisationId, { bytes });
});

const asker = () => ({ organisationId, personId: null });
const using = (recognise: Recognise, given: Partial<Engine> = short) => {
  const engine = engineOf(recognise, given);
  return { engine, context: contextWith(here, engine) };
};
const request = (context: TranscriptionContext) => requestTranscription(context, asker(), recordingId, {});

function run(context: TranscriptionContext, id: string, given: Partial<JobRun> = {}): Promise<void> {
  const { signal } = new AbortController();
  const job: JobRun = { jobId: randomUUID(), attempt: 1, isLastAttempt: false, signal, ...given };
  return transcribe(context, { organisationId, transcriptionId: id }, job);
}

async function stateOf(id: string): Promise<Transcription> {
  const row = await findTranscription(here.kernel.db.kysely, organisationId, id);
  if (!row) throw new Error('the transcription is gone');
  return row;
}

const textOf = async (id: string) =>
  (await readSegments(here.kernel.db.kysely, organisationId, id)).map(({ text }) => text);

async function until(id: string, status: TranscriptionStatus): Promise<void> {
  for (let i = 0; i < 400 && (await stateOf(id)).status !== status; i++) await delay(25);
  expect((await stateOf(id)).status).toBe(status);
}

async function untilCalled(engine: { calls: unknown[] }, count: number): Promise<void> {
  for (let i = 0; i < 400 && engine.calls.length < count; i++) await delay(25);
  expect(engine.calls.length).toBeGreaterThanOrEqual(count);
}

/** Waiting jobs of one transcription, with the seconds until each may start. */
async function waitingJobs(id: string): Promise<{ seconds: number }[]> {
  const { rows } = await here.kernel.db.pool.query(
    `select extract(epoch from start_after - now())::float as seconds from pgboss.job
     where name = 'transcription.transcribe' and state < 'active' and data->>'transcriptionId' = $1`,
    [id],
  );
  return rows;
}

/** The chunk of a call: engines are told a length only, so calls are counted. */
const failingAt = (call: number, error: () => Error): Recognise => {
  return async (given, count) => {
    if (count === call) throw error();
    return secondBySecond(given, count);
  };
};

describe('a run', () => {
  test('brings the words of every chunk into the transcript, in one line of positions', async () => {
    const { context, engine } = using(secondBySecond);
    const { id, status } = await request(context);
    expect(status).toBe('queued');
    await run(context, id);
    expect(engine.calls).toHaveLength(CHUNKS);
    expect(await stateOf(id)).toMatchObject({
      status: 'done',
      stage: 'done',
      progress: 100,
      engine: 'http',
      errorMessage: null,
      durationMs: SECONDS * 1000,
    });
    const { rows } = await here.kernel.db.pool.query(
      'select * from transcript_segments where recording_id = $1 order by position',
      [recordingId],
    );
    expect(rows.map(({ position }) => position)).toEqual(rows.map((_, i) => i));
    expect(rows.length).toBeGreaterThanOrEqual(CHUNKS);
    expect(rows[0]).toMatchObject({
      organisation_id: organisationId,
      transcription_id: id,
      version: 1,
      text: 'word 1-0',
    });
    for (const { start_ms, end_ms, words } of rows) {
      expect(start_ms).toBeLessThanOrEqual(end_ms);
      expect(end_ms).toBeLessThanOrEqual(SECONDS * 1000);
      expect(words[0][0]).toBe(start_ms);
    }
    expect(rows.map(({ start_ms }) => start_ms)).toEqual(
      rows.map(({ start_ms }) => start_ms).toSorted((a, b) => a - b),
    );
    const { rows: facts } = await here.kernel.db.pool.query(
      'select * from recording_transcript_facts where recording_id = $1',
      [recordingId],
    );
    expect(facts).toEqual([
      {
        organisation_id: organisationId,
        recording_id: recordingId,
        transcription_id: id,
        version: 1,
        language: 'fr',
        segment_count: rows.length,
      },
    ]);
  });

  test('gives engines 16 kHz mono WAV that is gone afterwards', async () => {
    const { context, engine } = using(secondBySecond);
    const { id } = await request(context);
    await run(context, id);
    expect(engine.calls.map(({ durationMs }) => durationMs).reduce((a, b) => a + b)).toBe(SECONDS * 1000);
    expect(engine.calls.every(({ language, durationMs }) => language === 'fr' && durationMs <= 2_000)).toBe(
      true,
    );
    for (const { audioPath } of engine.calls) await expect(readdir(audioPath)).rejects.toThrow(/ENOENT/);
  });

  test('is done with an empty text when nobody speaks', async () => {
    const { context } = using(async () => []);
    const { id } = await request(context);
    await run(context, id);
    expect(await stateOf(id)).toMatchObject({ status: 'done', segmentCount: 0 });
    expect(await findTranscript(here.kernel.db.kysely, organisationId, recordingId)).toMatchObject({
      version: 1,
    });
  });

  test('for what is done, cancelled or gone does nothing', async () => {
    const { context, engine } = using(secondBySecond);
    const { id } = await request(context);
    await cancelTranscription(context, organisationId, id);
    await run(context, id);
    await run(context, randomUUID());
    expect(engine.calls).toHaveLength(0);
    expect(await stateOf(id)).toMatchObject({ status: 'error', errorCode: 'transcription.cancelled' });
  });
});

describe('a fault that may pass', () => {
  const busy = () => new EngineFailure('busy', 'The server is busy', { retryAfterMs: 90_000 });

  test('keeps what is done, waits as long as the engine asks, and goes on behind it', async () => {
    const { context, engine } = using(failingAt(3, busy));
    const { id } = await request(context);
    await here.kernel.db.pool.query('delete from pgboss.job');
    await run(context, id);
    expect(await stateOf(id)).toMatchObject({ status: 'queued', stage: 'recognise', faults: 1 });
    const before = await textOf(id);
    expect(before.every((text) => /^word [12]-/.test(text))).toBe(true);
    const [job, ...others] = await waitingJobs(id);
    expect(others).toEqual([]);
    expect(job?.seconds).toBeGreaterThan(80);
    await run(context, id);
    expect(engine.calls).toHaveLength(CHUNKS + 1);
    const text = await textOf(id);
    expect(text.slice(0, before.length)).toEqual(before);
    expect(new Set(text).size).toBe(text.length);
    expect(await stateOf(id)).toMatchObject({ status: 'done', faults: 0 });
  });

  test('is forgiven after each saved step, and ends the work after too many in a row', async () => {
    const { context } = using(async () => {
      throw new EngineFailure('unreachable', 'The server cannot be reached');
    });
    const { id } = await request(context);
    const seen: number[] = [];
    for (let i = 0; i < 6; i++) {
      await run(context, id);
      seen.push((await stateOf(id)).faults);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 5]);
    expect(await stateOf(id)).toMatchObject({
      status: 'error',
      errorCode: 'transcription.engine-unreachable',
      errorMessage: 'The server cannot be reached.',
    });
  });
});

describe('an end', () => {
  const refused = () => new EngineFailure('refused-key', 'The server refused the key', { isFinal: true });

  test('by the engine is told, and a retry goes on at the first chunk that is not done', async () => {
    const { context, engine } = using(failingAt(3, refused));
    const { id } = await request(context);
    await run(context, id);
    expect(await stateOf(id)).toMatchObject({ status: 'error', stage: 'recognise' });
    expect(await findTranscript(here.kernel.db.kysely, organisationId, recordingId)).toBeNull();
    await retryTranscription(context, organisationId, id);
    expect(await stateOf(id)).toMatchObject({ status: 'queued', errorMessage: null });
    await run(context, id);
    expect(engine.calls).toHaveLength(CHUNKS + 1);
    expect(await stateOf(id)).toMatchObject({ status: 'done' });
    await expect(retryTranscription(context, organisationId, id)).rejects.toMatchObject({
      code: 'transcription.not-failed',
    });
  });

  test('comes when the time is up', async () => {
    const hurried = await buildTestApp({ beside: here, env: { TRANSCRIPTION_TIMEOUT: '1' } });
    try {
      const context = contextWith(hurried, engineOf(endless, short));
      const { id } = await request(context);
      await run(context, id);
      expect(await stateOf(id)).toMatchObject({ status: 'error', errorCode: 'transcription.timeout' });
    } finally {
      await hurried.end();
    }
  });

  test('comes when no engine here knows the language any more', async () => {
    const { id } = await request(using(secondBySecond).context);
    await run(contextWith(here, null), id);
    expect(await stateOf(id)).toMatchObject({ status: 'error', errorCode: 'transcription.no-engine' });
  });

  test('comes after too many runs without any step', async () => {
    const { context } = using(secondBySecond);
    const { id } = await request(context);
    await here.kernel.db.pool.query('update transcriptions set attempts = 10 where id = $1', [id]);
    await run(context, id);
    expect(await stateOf(id)).toMatchObject({ status: 'error', errorCode: 'transcription.gave-up' });
  });
});

describe('work that is taken away', () => {
  test('by a cancel ends the engine, and leaves what was done for a retry', async () => {
    const { context, engine } = using((given, call) => (call === 2 ? endless : secondBySecond)(given, call));
    const { id } = await request(context);
    const queue = new AbortController();
    const running = run(context, id, { signal: queue.signal });
    await untilCalled(engine, 2);
    await cancelTranscription(context, organisationId, id);
    queue.abort(new Error('cancelled'));
    await running;
    expect(engine.calls[1]?.signal.aborted).toBe(true);
    expect(await stateOf(id)).toMatchObject({ status: 'error', errorCode: 'transcription.cancelled' });
    await retryTranscription(context, organisationId, id);
    await run(context, id);
    expect(engine.calls).toHaveLength(CHUNKS + 1);
    expect(await stateOf(id)).toMatchObject({ status: 'done' });
  });

  test('by a later run is done once, by the later one', async () => {
    const first = using((given, call) => (call === 2 ? endless : secondBySecond)(given, call));
    const second = using(secondBySecond);
    const { id } = await request(first.context);
    const running = run(first.context, id);
    await untilCalled(first.engine, 2);
    await run(second.context, id);
    expect(second.engine.calls).toHaveLength(CHUNKS - 1);
    await running;
    expect(first.engine.calls[1]?.signal.aborted).toBe(true);
    const text = await textOf(id);
    expect(text.length).toBeGreaterThanOrEqual(CHUNKS);
    expect(await stateOf(id)).toMatchObject({ status: 'done', segmentCount: text.length });
  });

  test('by the end of its recording leaves nothing behind', async () => {
    const { context, engine } = using((given, call) => (call === 2 ? endless : secondBySecond)(given, call));
    const { id } = await request(context);
    const running = run(context, id);
    await untilCalled(engine, 2);
    const scratch = engine.calls[1]?.audioPath.replace(/\/[^/]+$/, '') ?? '';
    expect(await readdir(scratch)).not.toEqual([]);
    await here.kernel.db.transaction((tx) =>
      here.composition.media.removeRecording(tx, organisationId, recordingId),
    );
    await running;
    for (const table of ['transcriptions', 'transcription_chunks', 'transcription_segments']) {
      const key = table === 'transcriptions' ? 'id' : 'transcription_id';
      const { rowCount } = await here.kernel.db.pool.query(`select 1 from ${table} where ${key} = $1`, [id]);
      expect([table, rowCount]).toEqual([table, 0]);
    }
    await expect(readdir(scratch)).rejects.toThrow(/ENOENT/);
  });

  test('by a worker that stops goes back without blame', async () => {
    const { context, engine } = using(endless);
    const { id } = await request(context);
    const worker = new AbortController();
    const running = run(context, id, { signal: worker.signal });
    await untilCalled(engine, 1);
    worker.abort(new Error('the worker is stopping'));
    await expect(running).rejects.toThrow('stopping');
    expect(await stateOf(id)).toMatchObject({ status: 'queued', stage: 'recognise', attempts: 0, faults: 0 });
  });
});

test('another engine than the one that began starts over', async () => {
  const { context } = using(failingAt(3, () => new EngineFailure('rejected', 'No', { isFinal: true })));
  const { id } = await request(context);
  await run(context, id);
  const other = using(
    async () => [{ startMs: 0, endMs: 500, text: 'other', speaker: null, confidence: null, words: null }],
    { ...short, name: 'pocketsphinx' },
  );
  await retryTranscription(other.context, organisationId, id);
  await run(other.context, id);
  expect(await stateOf(id)).toMatchObject({ status: 'done', engine: 'pocketsphinx' });
  expect(await textOf(id)).toEqual(Array.from({ length: CHUNKS }, () => 'other'));
});

describe('work without a job', () => {
  test('gets one when it was silent for too long, and only one', async () => {
    const { context } = using(secondBySecond);
    const { id } = await request(context);
    expect(await waitingJobs(id)).toHaveLength(1);
    await here.kernel.db.pool.query("update transcriptions set heartbeat_at = now() - interval '20 seconds'");
    expect(await reconcileWork(context)).toBe(0);
    await here.kernel.db.pool.query('delete from pgboss.job');
    expect(await reconcileWork(context)).toBe(0);
    await here.kernel.db.pool.query("update transcriptions set heartbeat_at = now() - interval '20 seconds'");
    await Promise.all([reconcileWork(context), reconcileWork(context)]);
    expect(await waitingJobs(id)).toHaveLength(1);
    await run(context, id);
    await until(id, 'done');
  });
});
