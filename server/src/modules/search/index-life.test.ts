import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import { createSignedIn } from '../../../test/harness/factories/accounts.ts';
import { createDebat } from '../../../test/harness/factories/archive.ts';
import { transcriptionCompleted, transcriptRemoved } from '../transcription/public.ts';
import { indexSubjects } from './index-documents.ts';
import { createKeptIndex } from './kept-index.ts';
import { createLexemes } from './lexemes.ts';
import { rebuild } from './rebuild.ts';
import type { SearchReply } from './schemas.ts';
import { addRecording, addTranscript, dropTranscript } from './search.test-kit.ts';
import { createVocabulary } from './vocabulary.ts';

let test: TestApp;
let organisationId: string;
let headers: Record<string, string>;

beforeAll(async () => {
  // With its worker: what changes reaches the index by events alone.
  test = await buildTestApp({ withJobs: true });
  const { organisation, session } = await createSignedIn(test);
  organisationId = organisation.id;
  headers = session.headers;
});
afterAll(() => test.end());

async function call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object) {
  const reply = await test.app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  expect(reply.statusCode, reply.body).toBeLessThan(300);
  return reply.statusCode === 204 ? null : reply.json();
}

const found = async (q: string): Promise<SearchReply> =>
  call('GET', `/api/search?q=${encodeURIComponent(q)}`);
const texts = async (q: string) => (await found(q)).results.map(({ text }) => text);

/** Waits until the search says so: the events are on their way. */
async function until(q: string, expected: string[]): Promise<void> {
  let last: string[] = [];
  for (let i = 0; i < 400; i++) {
    last = await texts(q);
    if (JSON.stringify(last) === JSON.stringify(expected)) return;
    await delay(25);
  }
  expect(last).toEqual(expected);
}

/** A transcript arrives, as transcription says it. */
async function speak(recordingId: string, said: string[]): Promise<void> {
  const { transcriptionId, version } = await addTranscript(test, organisationId, recordingId, said);
  const { events, db } = test.kernel;
  await db.transaction((tx) =>
    events.emit(tx, transcriptionCompleted, { organisationId, recordingId, transcriptionId, version }),
  );
}

const newDebat = (given: object) =>
  call('POST', '/api/debats', { title: 'Sans titre', type: 'autre', date: '2026-01-02', ...given });

/** Everything that is kept about the organisation's documents, apart from when and in which order it was written. */
async function kept(): Promise<unknown[]> {
  const { rows } = await test.kernel.db.pool.query(
    `select d.debat_id, d.recording_id, d.visibility, d.date, d.commission, d.people, d.title, d.transcription_id,
      d.version, (select json_agg(json_build_array(w.lexeme, w.part, encode(w.places, 'hex')) order by w.lexeme, w.part)
        from search_words w where w.document_no = d.no) as words
    from search_documents d where d.organisation_id = $1 order by d.debat_id, d.recording_id`,
    [organisationId],
  );
  return rows;
}

const orphans = async () =>
  (
    await test.kernel.db.pool.query(
      'select count(*)::int as n from search_words w where not exists (select from search_documents d where d.no = w.document_no)',
    )
  ).rows[0].n;

describe('the index follows', () => {
  it('a débat from its first day to its last', async () => {
    const recordingId = await addRecording(test, organisationId, { visibility: 'private' });
    const { id } = await newDebat({ title: 'Le lynx', commission: 'Nature', recording_id: recordingId });
    await until('lynx', ['Le lynx']);
    await speak(recordingId, ['Un lynx boréal.']);
    await until('lynx', ['Le lynx', 'Un lynx boréal.']);
    await call('PUT', `/api/debats/${id}`, { title: 'La forêt' });
    await until('lynx', ['Un lynx boréal.']);
    await until('forêt', ['La forêt']);
    await speak(recordingId, ['Deux lynx.', 'Trois lynx.']);
    await until('lynx', ['Deux lynx.', 'Trois lynx.']);
    await until('boréal', []);
    await call('DELETE', `/api/debats/${id}`);
    // The débat is gone at once; its recording stays, and is found by itself once the event has come.
    await until('lynx', ['Deux lynx.', 'Trois lynx.']);
    expect((await found('lynx')).results.map(({ debate_id }) => debate_id)).toEqual([null, null]);
    await call('DELETE', `/api/recordings/${recordingId}`);
    expect(await texts('lynx')).toEqual([]);
    await call('POST', `/api/recordings/${recordingId}/restore`);
    await until('lynx', ['Deux lynx.', 'Trois lynx.']);
    await call('DELETE', `/api/recordings/${recordingId}?permanently=true`);
    expect(await texts('lynx')).toEqual([]);
    expect(await orphans()).toBe(0);
  });

  it('a recording that no débat has: its name, its rights, the end of its transcript', async () => {
    const recordingId = await addRecording(test, organisationId, { title: 'Loutre', visibility: 'public' });
    await speak(recordingId, ['La loutre nage.']);
    await until('loutre', ['Loutre', 'La loutre nage.']);
    await call('PATCH', `/api/recordings/${recordingId}`, { title: 'Rivière', visibility: 'private' });
    await until('loutre', ['La loutre nage.']);
    await dropTranscript(test, recordingId);
    expect(await texts('loutre')).toEqual([]);
    const { events, db } = test.kernel;
    await db.transaction((tx) => events.emit(tx, transcriptRemoved, { organisationId, recordingId }));
    // What is counted follows a moment after what is shown.
    for (let i = 0; i < 400 && (await found('loutre')).total > 0; i++) await delay(25);
    expect((await found('loutre')).total).toBe(0);
    expect(await texts('rivière')).toEqual(['Rivière']);
  });

  it('a débat that gets another recording: each sound is found in its place, never twice', async () => {
    const [first, second] = [
      await addRecording(test, organisationId, { title: 'R1' }),
      await addRecording(test, organisationId, { title: 'R2' }),
    ];
    await speak(first, ['Le premier héron.']);
    await speak(second, ['Le second héron.']);
    const { id } = await newDebat({ title: 'Oiseaux', recording_id: first });
    const places = async () =>
      (await found('héron')).results.map(({ text, debate_id }) => [text, debate_id]).sort();
    const reach = async (expected: unknown[]) => {
      for (let i = 0; i < 400 && JSON.stringify(await places()) !== JSON.stringify(expected); i++)
        await delay(25);
      expect(await places()).toEqual(expected);
    };
    await reach([
      ['Le premier héron.', id],
      ['Le second héron.', null],
    ]);
    await call('PUT', `/api/debats/${id}`, { recording_id: second });
    await reach([
      ['Le premier héron.', null],
      ['Le second héron.', id],
    ]);
    await call('PUT', `/api/debats/${id}`, { recording_id: null });
    await reach([
      ['Le premier héron.', null],
      ['Le second héron.', null],
    ]);
  });

  it('a recording that several débats share: found under the public, newest one', async () => {
    const recordingId = await addRecording(test, organisationId);
    await speak(recordingId, ['Un pangolin.']);
    const old = await newDebat({ title: 'Ancien', date: '2020-01-01', recording_id: recordingId });
    const fresh = await newDebat({ title: 'Récent', date: '2026-01-01', recording_id: recordingId });
    const holders = async () => (await found('pangolin')).results.map(({ debate_id }) => debate_id);
    const reach = async (id: string | null) => {
      for (let i = 0; i < 400 && JSON.stringify(await holders()) !== JSON.stringify([id]); i++)
        await delay(25);
      expect(await holders()).toEqual([id]);
    };
    await reach(fresh.id);
    await call('PUT', `/api/debats/${fresh.id}`, { visibility: 'private' });
    await call('PATCH', `/api/recordings/${recordingId}`, { visibility: 'public' });
    await reach(old.id);
    await call('DELETE', `/api/debats/${old.id}`);
    await reach(fresh.id);
    await call('DELETE', `/api/debats/${fresh.id}`);
    await reach(null);
  });
});

describe('a rebuild', () => {
  const parts = () => ({
    ...test.kernel,
    lexemes: createLexemes(),
    vocabulary: createVocabulary(),
    extents: { of: async () => ({ segments: 0, since: null, enough: 0 }) },
    index: createKeptIndex(),
    facets: { count: async () => ({ commission: [], depute: [], type: [], year: [] }) },
  });

  beforeAll(async () => {
    for (let i = 0; i < 45; i++) {
      const recordingId = await addRecording(test, organisationId, { title: `Son ${i}` });
      await addTranscript(test, organisationId, recordingId, [`Le morse ${i} dort.`, 'Fin de la séance.']);
      if (i % 3 > 0)
        await createDebat(test, organisationId, { recording_id: recordingId, title: `Débat ${i}` });
    }
    await rebuild(parts(), organisationId, () => {});
  });

  it('finds what no event has told of', async () => {
    expect((await found('morse')).total).toBe(45);
  });

  it('mends what was spoilt, and drops what is gone', async () => {
    const before = await kept();
    const { pool } = test.kernel.db;
    await pool.query("update search_words set places = '\\x01' where lexeme = 'fr/mors'");
    await pool.query("delete from search_words where lexeme like 'fr/s%'");
    const { rows } = await pool.query(
      "insert into search_documents (organisation_id, recording_id, title) select $1, recording_id, 'x' from debats where organisation_id = $1 and recording_id is not null limit 1 returning no",
      [organisationId],
    );
    expect(rows).toHaveLength(1);
    await rebuild(parts(), organisationId, () => {});
    expect(await kept()).toEqual(before);
    expect(await orphans()).toBe(0);
  });

  it('never empties the index, and may run beside events', async () => {
    const before = await kept();
    let isRunning = true;
    const seen = new Set<number>();
    const looking = (async () => {
      while (isRunning) seen.add((await found('morse')).total);
    })();
    const { rows } = await test.kernel.db.pool.query<{ id: string }>(
      'select id from recordings where organisation_id = $1',
      [organisationId],
    );
    const events = rows.map(({ id }) =>
      indexSubjects(parts(), organisationId, { debatIds: [], recordingIds: [id] }),
    );
    await Promise.all([rebuild(parts(), organisationId, () => {}), ...events]);
    isRunning = false;
    await looking;
    expect([...seen]).toEqual([45]);
    expect(await kept()).toEqual(before);
  });

  it('that was stopped goes on where it was', async () => {
    const before = await kept();
    const stop = new AbortController();
    const reached: number[] = [];
    const broken = rebuild(
      parts(),
      organisationId,
      ({ done }) => {
        reached.push(done);
        if (reached.length === 2) stop.abort(new Error('killed'));
      },
      stop.signal,
    );
    await expect(broken).rejects.toThrow('killed');
    expect((await found('morse')).total).toBe(45);
    const again: number[] = [];
    const end = await rebuild(parts(), organisationId, ({ done }) => again.push(done));
    expect(end.isResumed).toBe(true);
    expect(again[0]).toBeGreaterThan(reached.at(-1) ?? 0);
    expect(end.done).toBe(end.total);
    expect(await kept()).toEqual(before);
    expect((await rebuild(parts(), organisationId, () => {})).isResumed).toBe(false);
  });
});

describe('a long transcript', () => {
  it('of ten hours is in the index within seconds, and found at its end', async () => {
    const recordingId = await addRecording(test, organisationId, { title: 'Nuit blanche' });
    const { transcriptionId } = await addTranscript(test, organisationId, recordingId, ['début']);
    await test.kernel.db.pool.query(
      `insert into transcription_segments (organisation_id, transcription_id, chunk, position, start_ms, end_ms, text)
      select $1, $2, 0, n, n * 5000, n * 5000 + 4900, 'les mots de la nuit ' || md5(n::text) || ' et encore des paroles ' || n
      from generate_series(1, 7199) n`,
      [organisationId, transcriptionId],
    );
    await test.kernel.db.pool.query(
      'update transcription_chunks set segment_count = 7200 where transcription_id = $1',
      [transcriptionId],
    );
    const startedAt = performance.now();
    const parts = { ...test.kernel, lexemes: createLexemes(), vocabulary: createVocabulary() };
    await indexSubjects(parts, organisationId, { debatIds: [], recordingIds: [recordingId] });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    const { total, results } = await found('parole 7199');
    expect(total).toBe(1);
    expect(results[0]).toMatchObject({ start: 35_995, before: expect.stringContaining('7198') });
    expect((await found('paroles')).total).toBe(7_199);
  });
});
