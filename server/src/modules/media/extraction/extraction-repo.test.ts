import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { type Db, openDb, runSql } from '../../../kernel/db/db.ts';
import { newId } from '../../../kernel/id.ts';
import { MAX_FAULTS } from '../recording.ts';
import { deleteRecording, findRecording, insertRecording, listRecordings } from '../recording-repo.ts';
import {
  cancelRecording,
  claimRecording,
  lockStaleRecordingsAcrossOrganisations,
  requeueFailed,
  saveFailure,
  saveOriginal,
  saveProgress,
  saveReady,
  saveRequeued,
} from './extraction-repo.ts';
import { findOtherBySource } from './source-repo.ts';

let database: TestDatabase;
let db: Db;
const HERE = newId();
const ELSEWHERE = newId();
const ADDRESS = 'https://radio.example/a.mp3';

beforeAll(async () => {
  database = await cloneDatabase();
  db = openDb({ url: database.url, poolSize: 4, applicationName: 'test', log: pino({ level: 'silent' }) });
  for (const [id, slug] of [
    [HERE, 'here'],
    [ELSEWHERE, 'elsewhere'],
  ]) {
    await runSql(
      db.kysely,
      'insert into organisations (id, name, slug, created_at) values ($1, $2, $2, now())',
      [id, slug],
    );
  }
});

afterAll(async () => {
  await db.close();
  await database.drop();
});

async function queued(overrides: { organisationId?: string; sourceUrl?: string; title?: string } = {}) {
  const recording = await insertRecording(db.kysely, overrides.organisationId ?? HERE, {
    id: newId(),
    title: overrides.title ?? 'A title',
    language: null,
    visibility: 'private',
    source: 'import',
    sourceUrl: overrides.sourceUrl ?? `https://radio.example/${newId()}.mp3`,
    stage: 'fetch',
    wantedFormat: 'mp3',
    wantedQuality: '192k',
    priority: 'normal',
    createdBy: null,
  });
  if (!recording) throw new Error('the recording was not added');
  return recording;
}

const keyOf = ({ organisationId, id }: { organisationId: string; id: string }) => ({
  organisationId,
  recordingId: id,
  runId: newId(),
});

const ORIGINAL = { originalKey: 'recordings/x', filename: 'a.mp3', sizeBytes: 1, sha256: 'a'.repeat(64) };

describe('an address', () => {
  test('is taken once in an organisation, by any number of askers at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => queued({ sourceUrl: ADDRESS })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await queued({ organisationId: ELSEWHERE, sourceUrl: ADDRESS })).toMatchObject({
      status: 'queued',
    });
  });

  test('is free again when its recording has failed, and then cannot be taken back', async () => {
    const sourceUrl = `${ADDRESS}?again`;
    const first = await queued({ sourceUrl });
    await cancelRecording(db.kysely, HERE, first.id, { code: 'x', message: 'X.' });
    const second = await queued({ sourceUrl });
    expect((await findOtherBySource(db.kysely, HERE, sourceUrl, null))?.id).toBe(second.id);
    await expect(requeueFailed(db.kysely, HERE, first.id)).rejects.toThrow(/recordings_one_per_source/);
  });

  test('of 2,048 characters that do not compress still fits the index', async () => {
    const tail = Array.from({ length: 80 }, () => newId().replaceAll('-', ''))
      .join('')
      .slice(0, 2020);
    expect(await queued({ sourceUrl: `https://radio.example/${tail}` })).toBeTruthy();
  });
});

describe('a run', () => {
  test('that lost its recording to a later one writes nothing any more', async () => {
    const recording = await queued();
    const first = keyOf(recording);
    const second = keyOf(recording);
    expect(await claimRecording(db.kysely, first, newId())).toMatchObject({
      status: 'processing',
      attempts: 1,
    });
    expect(await claimRecording(db.kysely, second, newId())).toMatchObject({ attempts: 2 });
    const ready = { durationMs: 1, waveformKey: 'w', waveformSha256: 'b'.repeat(64) };
    expect(await saveProgress(db.kysely, first, 50)).toBe(false);
    expect(await saveOriginal(db.kysely, first, ORIGINAL)).toBe(false);
    expect(await saveReady(db.kysely, first, ready)).toBe(false);
    expect(await saveFailure(db.kysely, first, { code: 'x', message: 'X.' })).toBe(false);
    expect(await saveRequeued(db.kysely, first, 'stopping')).toBe(false);
    expect(await saveProgress(db.kysely, second, 50)).toBe(true);
    expect(await findRecording(db.kysely, HERE, recording.id)).toMatchObject({
      progress: 50,
      originalKey: null,
    });
  });

  test('of a cancelled, failed or removed recording is not begun', async () => {
    const recording = await queued();
    const key = keyOf(recording);
    await claimRecording(db.kysely, key, newId());
    await cancelRecording(db.kysely, HERE, recording.id, { code: 'x', message: 'X.' });
    expect(await saveProgress(db.kysely, key, 1)).toBe(false);
    expect(await claimRecording(db.kysely, keyOf(recording), newId())).toBeNull();
    await deleteRecording(db.kysely, HERE, recording.id);
    expect(await claimRecording(db.kysely, keyOf(recording), newId())).toBeNull();
  });

  test('goes back a bounded number of times, and stopping does not count', async () => {
    const recording = await queued();
    for (let round = 0; round < 3; round++) {
      const key = keyOf(recording);
      await claimRecording(db.kysely, key, newId());
      expect(await saveRequeued(db.kysely, key, 'stopping')).toBe(true);
    }
    let faults = 0;
    for (;;) {
      const key = keyOf(recording);
      await claimRecording(db.kysely, key, newId());
      if (!(await saveRequeued(db.kysely, key, 'fault'))) break;
      faults++;
    }
    expect(faults).toBe(MAX_FAULTS - 1);
  });

  test('of another organisation does not exist', async () => {
    const recording = await queued();
    const key = { ...keyOf(recording), organisationId: ELSEWHERE };
    expect(await claimRecording(db.kysely, key, newId())).toBeNull();
    expect(await findRecording(db.kysely, ELSEWHERE, recording.id)).toBeNull();
    expect(await deleteRecording(db.kysely, ELSEWHERE, recording.id)).toBeNull();
  });
});

test('two workers that look for stale work at once share it', async () => {
  const recordings = await Promise.all(Array.from({ length: 6 }, () => queued()));
  await runSql(
    db.kysely,
    `update recordings set heartbeat_at = now() - interval '1 hour' where id = any($1)`,
    [recordings.map(({ id }) => id)],
  );
  const [mine, theirs] = await db.transaction(async (first) => {
    const locked = await lockStaleRecordingsAcrossOrganisations(first, 60, 3);
    return [
      locked,
      await db.transaction((second) => lockStaleRecordingsAcrossOrganisations(second, 60, 100)),
    ];
  });
  expect(mine).toHaveLength(3);
  expect(theirs).toHaveLength(3);
  expect(new Set([...mine, ...theirs].map(({ id }) => id)).size).toBe(6);
});

describe('the list', () => {
  const filter = { status: undefined, titleWords: [], publicOnly: false, limit: 2, offset: 0 };

  test('finds words of titles as they are, wildcards included', async () => {
    await queued({ title: 'Taux de 100% atteint' });
    await queued({ title: 'Taux de 1000 atteint' });
    const found = await listRecordings(db.kysely, HERE, { ...filter, titleWords: ['100%', 'TAUX'] });
    expect(found.recordings.map(({ title }) => title)).toEqual(['Taux de 100% atteint']);
    expect(found.total).toBe(1);
  });

  test('goes newest first through pages of one organisation only', async () => {
    const all = await listRecordings(db.kysely, HERE, { ...filter, limit: 100 });
    const second = await listRecordings(db.kysely, HERE, { ...filter, offset: filter.limit });
    expect(second.recordings.map(({ id }) => id)).toEqual(all.recordings.slice(2, 4).map(({ id }) => id));
    expect(second.total).toBe(all.recordings.length);
    expect(all.recordings.every(({ organisationId }) => organisationId === HERE)).toBe(true);
  });

  test('shows outsiders nothing that is not public and ready', async () => {
    expect((await listRecordings(db.kysely, HERE, { ...filter, publicOnly: true })).total).toBe(0);
  });
});
