import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import { createOrganisation } from '../../../test/harness/factories/accounts.ts';
import { createReadyRecording, runJob, sampleSound } from '../../../test/harness/factories/media.ts';
import {
  contextWith,
  createTranscription,
  engineOf,
  secondBySecond,
} from '../../../test/harness/factories/transcription.ts';
import { cancelTranscription } from './cancel-transcription.ts';
import type { TranscriptFile } from './formats/transcript-file.ts';
import { importTranscript } from './import-transcript.ts';
import { reconcileWork } from './reconcile-work.ts';
import { removeTranscription } from './remove-transcription.ts';
import { requestTranscription } from './request-transcription.ts';
import { whenFailed, whenReady } from './start-automatically.ts';
import { transcribe } from './transcribe.ts';
import { findTranscript } from './transcript-repo.ts';
import type { TranscriptionContext } from './transcription-context.ts';
import { transcriptionsOf } from './transcription-repo.ts';

let here: TestApp;
let context: TranscriptionContext;
let organisationId: string;
let bytes: Buffer;

beforeAll(async () => {
  here = await buildTestApp();
  organisationId = (await createOrganisation(here)).id;
  context = contextWith(here, engineOf(secondBySecond));
  bytes = await sampleSound('tone.wav', 4);
});
afterAll(() => here.end());
beforeEach(() => here.kernel.db.pool.query('delete from pgboss.job'));

const asker = () => ({ organisationId, personId: null });
const recording = () => createReadyRecording(here, organisationId, { bytes });
const q = () => here.kernel.db.kysely;
const allOf = (recordingId: string) => transcriptionsOf(q(), organisationId, recordingId);
const currentOf = (recordingId: string) => findTranscript(q(), organisationId, recordingId);

/** Events as later modules would be told: queue rows need a subscriber, so one is added to the kernel's list. */
async function eventsOf(work: () => Promise<unknown>): Promise<{ name: string; payload: unknown }[]> {
  const told: { name: string; payload: unknown }[] = [];
  const { emit } = here.kernel.events;
  here.kernel.events.emit = async (tx, event, payload) => {
    told.push({ name: event.name, payload });
    return emit(tx, event, payload);
  };
  try {
    await work();
  } finally {
    here.kernel.events.emit = emit;
  }
  return told.filter(({ name }) => name.startsWith('transcription.'));
}

/** An upload that nobody has worked on yet: its file is known, it does not play. */
async function freshUpload(): Promise<string> {
  const file = path.join(here.dataDir, 'fresh.wav');
  await writeFile(file, bytes);
  const uploaded = await here.composition.media.uploadFile(asker(), {
    path: file,
    filename: 'fresh.wav',
    title: 'Fresh',
    language: 'fr',
  });
  return uploaded.id;
}

/** An import whose file nobody has fetched yet. */
async function unfetched(): Promise<string> {
  const { recordingId } = await here.kernel.db.transaction((tx) =>
    here.composition.media.requestExtraction(tx, {
      organisationId,
      sourceUrl: `http://127.0.0.1:1/${randomUUID()}.mp3`,
      createdBy: null,
    }),
  );
  return recordingId;
}

const lines = (...texts: string[]): TranscriptFile => ({
  format: 'vtt',
  language: null,
  segments: texts.map((text, i) => ({
    startMs: i * 1000,
    endMs: i * 1000 + 900,
    text,
    speaker: null,
    confidence: null,
    words: null,
  })),
});

describe('a request', () => {
  test('takes the recording’s language, the default project and the usual priority', async () => {
    const id = await recording();
    const made = await requestTranscription(context, asker(), id, {});
    expect(made).toMatchObject({
      status: 'queued',
      language: 'fr',
      priority: 'normal',
      useVad: true,
      source: 'engine',
    });
    const { rows } = await here.kernel.db.pool.query('select name, is_default from projects where id = $1', [
      made.projectId,
    ]);
    expect(rows).toEqual([{ name: 'admin', is_default: true }]);
  });

  test('is refused while another is under way, also at the same moment', async () => {
    const id = await recording();
    const both = await Promise.allSettled([
      requestTranscription(context, asker(), id, {}),
      requestTranscription(context, asker(), id, {}),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected');
    expect(refused?.reason).toMatchObject({
      code: 'transcription.under-way',
      members: { transcription_id: (await allOf(id))[0]?.id },
    });
  });

  test.each([
    ['an unknown project', { projectName: 'nowhere' }, 'transcription.project-not-found'],
    ['a language without an engine', { language: 'br' }, 'transcription.no-engine'],
  ])('for %s is refused', async (_what, wish, code) => {
    const english = engineOf(secondBySecond, { languages: ['fr'] });
    const picky = {
      ...contextWith(here, english),
      engines: async () => ({
        list: [],
        forLanguage: (language: string) => (language === 'fr' ? english : null),
        howToGetOne: () => 'Install one.',
      }),
    };
    const id = await recording();
    await expect(requestTranscription(picky, asker(), id, wish)).rejects.toMatchObject({ code });
    expect(await allOf(id)).toEqual([]);
  });

  test('works on a file that is known before it plays', async () => {
    const id = await freshUpload();
    expect(await requestTranscription(context, asker(), id, {})).toMatchObject({ status: 'queued' });
  });

  test('waits for a file that is not there yet, and goes on when it is', async () => {
    const id = await unfetched();
    const made = await requestTranscription(context, asker(), id, {});
    expect(made).toMatchObject({ status: 'pending', jobId: null });
    await whenReady(context, { organisationId, recordingId: id });
    expect((await allOf(id))[0]).toMatchObject({ status: 'pending' });
    await here.kernel.db.pool.query(
      `update recordings set status = 'ready', stage = 'done', original_key = 'x', duration_ms = 1 where id = $1`,
      [id],
    );
    await whenReady(context, { organisationId, recordingId: id });
    expect((await allOf(id))[0]).toMatchObject({ status: 'queued', jobId: expect.any(String) });
  });

  test('that waits in vain says so, even when nobody told it', async () => {
    const id = await unfetched();
    await requestTranscription(context, asker(), id, {});
    await here.kernel.db.pool.query(
      "update recordings set status = 'error', error_message = 'Nothing answers there.' where id = $1",
      [id],
    );
    await here.kernel.db.pool.query("update transcriptions set heartbeat_at = now() - interval '1 minute'");
    await reconcileWork(context);
    expect((await allOf(id))[0]).toMatchObject({
      status: 'error',
      errorCode: 'transcription.no-sound',
      errorMessage: 'The recording has no sound: Nothing answers there.',
    });
    await expect(requestTranscription(context, asker(), id, {})).rejects.toMatchObject({
      code: 'transcription.no-sound',
    });
  });
});

describe('a recording that becomes ready', () => {
  const ready = (recordingId: string, using = context) => whenReady(using, { organisationId, recordingId });

  test('is transcribed by itself, once however often it is told, after what people ask for', async () => {
    const id = await recording();
    await Promise.all([ready(id), ready(id)]);
    await ready(id);
    expect(await allOf(id)).toMatchObject([{ status: 'queued', priority: 'low', createdBy: null }]);
  });

  test.each([
    ['it has a text', async (id: string) => void (await createTranscription(here, organisationId, id))],
    [
      'somebody has called its transcription off',
      async (id: string) => {
        const made = await requestTranscription(context, asker(), id, {});
        await cancelTranscription(context, organisationId, made.id);
      },
    ],
  ])('is left alone when %s', async (_why, prepare) => {
    const id = await recording();
    await prepare(id);
    await ready(id);
    expect(await allOf(id)).toHaveLength(1);
  });

  test('is left alone without an engine, when turned off, and when it is gone or failed', async () => {
    const id = await recording();
    await ready(id, contextWith(here, null));
    const off = await buildTestApp({ beside: here, env: { TRANSCRIPTION_AUTO: 'false' } });
    await ready(id, contextWith(off, engineOf(secondBySecond))).finally(() => off.end());
    await ready(randomUUID());
    await whenFailed(context, { organisationId, recordingId: id });
    expect(await allOf(id)).toEqual([]);
  });

  test('is heard of through the event', async () => {
    const id = await recording();
    await here.kernel.db.pool.query('delete from transcriptions where recording_id = $1', [id]);
    await runJobOf('transcription.start-when-ready', { organisationId, recordingId: id, durationMs: 1 });
    // The application's own engines are those of this machine; French is not among pocketsphinx's.
    expect(await allOf(id)).toHaveLength((await ownEngines()).forLanguage('fr') ? 1 : 0);
  });

  const runJobOf = (name: string, payload: unknown) => {
    const jobs = here.composition.modules
      .flatMap(({ subscriptions = [] }) => subscriptions)
      .map(({ handler }) => handler);
    return runJob({ composition: { ...here.composition, modules: [{ name: 'all', jobs }] } }, name, payload);
  };
  const ownEngines = async () => {
    const { createTranscriptionContext } = await import('./transcription-context.ts');
    return createTranscriptionContext(here.kernel, here.composition.media).engines();
  };
});

describe('an import', () => {
  test('becomes the transcript at once, and the one before it stays', async () => {
    const id = await recording();
    const first = await importTranscript(context, asker(), id, lines('Un', 'Deux'));
    expect(first).toMatchObject({
      status: 'done',
      source: 'import',
      engine: null,
      segmentCount: 2,
      progress: 100,
    });
    const told = await eventsOf(() => importTranscript(context, asker(), id, lines('Trois'), 'fr-CA'));
    const current = await currentOf(id);
    expect(current).toMatchObject({ version: 2, language: 'fr-CA', source: 'import' });
    expect(told).toEqual([
      {
        name: 'transcription.completed',
        payload: { organisationId, recordingId: id, transcriptionId: current?.transcriptionId, version: 2 },
      },
    ]);
    expect(await allOf(id)).toHaveLength(2);
  });

  test('cuts what hangs over a little, and refuses the file of another recording', async () => {
    const id = await recording();
    const made = await importTranscript(context, asker(), id, lines('a', 'b', 'c', 'd', 'e'));
    const { rows } = await here.kernel.db.pool.query(
      'select max(end_ms)::int as last from transcription_segments where transcription_id = $1',
      [made.id],
    );
    expect(rows).toEqual([{ last: 4000 }]);
    const long = lines(...Array.from({ length: 60 }, (_, i) => `line ${i}`));
    await expect(importTranscript(context, asker(), id, long)).rejects.toMatchObject({
      code: 'transcription.bad-file',
      message: 'The file speaks until 0:00:59, and the recording ends at 0:00:04: it belongs to another one.',
    });
    expect(await allOf(id)).toHaveLength(1);
  });

  test('keeps no character that the database refuses, and takes texts of any length', async () => {
    const id = await recording();
    const hostile = lines(`a\u0000b\ud800`, 'x'.repeat(50_000), '\u0000', ' ');
    hostile.segments[0] = {
      startMs: Number.NaN,
      endMs: -5,
      text: `a\u0000b\ud800`,
      speaker: '\u0000',
      confidence: 7,
      words: [{ startMs: 5, endMs: 1, text: 'w\u0000', confidence: Number.NaN }],
    };
    const made = await importTranscript(context, asker(), id, hostile);
    const { rows } = await here.kernel.db.pool.query(
      `select start_ms::int, end_ms::int, text, speaker, confidence, words from transcription_segments
       where transcription_id = $1 order by position`,
      [made.id],
    );
    expect(rows[0]).toEqual({
      start_ms: 0,
      end_ms: 0,
      text: 'a b\ufffd',
      speaker: null,
      confidence: 1,
      words: [[5, 5, 'w', null]],
    });
    expect(rows.map(({ text }) => text.length)).toEqual([4, 20_000]);
  });

  test('of a hundred thousand lines goes through', { timeout: 60_000 }, async () => {
    const id = await recording();
    const many = lines(...Array.from({ length: 100_000 }, (_, i) => `line ${i}`));
    for (const [i, segment] of many.segments.entries()) {
      segment.startMs = i / 100;
      segment.endMs = i / 100;
    }
    expect(await importTranscript(context, asker(), id, many)).toMatchObject({ segmentCount: 100_000 });
  });
});

describe('removing', () => {
  test('the transcript falls back to the latest before it, then to none, and versions go on', async () => {
    const id = await recording();
    const first = await importTranscript(context, asker(), id, lines('Un'));
    const second = await importTranscript(context, asker(), id, lines('Deux'));
    const back = await eventsOf(() => removeTranscription(context, organisationId, second.id));
    expect(await currentOf(id)).toMatchObject({ transcriptionId: first.id, version: 3 });
    expect(back).toMatchObject([
      { name: 'transcription.completed', payload: { version: 3, transcriptionId: first.id } },
    ]);
    const gone = await eventsOf(() => removeTranscription(context, organisationId, first.id));
    expect(await currentOf(id)).toBeNull();
    expect(gone).toEqual([
      { name: 'transcription.transcript-removed', payload: { organisationId, recordingId: id } },
    ]);
    await importTranscript(context, asker(), id, lines('Trois'));
    expect(await currentOf(id)).toMatchObject({ version: 5 });
  });

  test('one that readers do not see tells nobody, and ends its work', async () => {
    const id = await recording();
    await importTranscript(context, asker(), id, lines('Un'));
    const waiting = await requestTranscription(context, asker(), id, {});
    const told = await eventsOf(() => removeTranscription(context, organisationId, waiting.id));
    expect(told).toEqual([]);
    expect(await currentOf(id)).toMatchObject({ version: 1 });
    const { rows } = await here.kernel.db.pool.query('select state from pgboss.job where id = $1', [
      waiting.jobId,
    ]);
    expect(rows).toEqual([{ state: 'cancelled' }]);
    const run = {
      jobId: randomUUID(),
      attempt: 1,
      isLastAttempt: false,
      signal: new AbortController().signal,
    };
    await transcribe(context, { organisationId, transcriptionId: waiting.id }, run);
    expect(await allOf(id)).toHaveLength(1);
  });

  test('a recording while its transcription ends lets neither wait for the other', {
    timeout: 60_000,
  }, async () => {
    for (let i = 0; i < 5; i++) {
      const id = await recording();
      await importTranscript(context, asker(), id, lines('Un'));
      const ends = await Promise.allSettled([
        importTranscript(context, asker(), id, lines('Deux')),
        here.kernel.db.transaction((tx) => here.composition.media.removeRecording(tx, organisationId, id)),
      ]);
      expect(ends[1]?.status).toBe('fulfilled');
      if (ends[0]?.status === 'rejected') {
        expect(ends[0].reason).toMatchObject({ code: 'transcription.recording-not-found' });
      }
      expect(await allOf(id)).toEqual([]);
    }
  });
});
