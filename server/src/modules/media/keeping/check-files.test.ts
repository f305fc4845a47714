import { rm, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { createReadyRecording, runJob } from '../../../../test/harness/factories/media.ts';
import { adviceOn, CHECK_BEGINNING, type FileFault } from './check-files.ts';

let here: TestApp;
let organisationId: string;
let id: string;
const keys: Record<string, string> = {};

beforeAll(async () => {
  here = await buildTestApp();
  organisationId = (await createSignedIn(here)).organisation.id;
  id = await createReadyRecording(here, organisationId, { title: 'Séance' });
  await createReadyRecording(here, organisationId);
  const { rows } = await here.kernel.db.pool.query(
    `select 'original' as kind, original_key as key from recordings where id = $1
     union select 'waveform', waveform_key from recordings where id = $1
     union select 'spectrogram', spectrogram_key from recording_analyses where recording_id = $1
     union select format, file_key from renditions where recording_id = $1`,
    [id],
  );
  for (const { kind, key } of rows) keys[kind] = key;
});
afterAll(() => here.end());

const pathOf = (kind: string) => path.join(here.dataDir, 'storage', 'files', keys[kind] ?? '');

async function check(options: { quick?: boolean; repair?: boolean; from?: typeof CHECK_BEGINNING } = {}) {
  const faults: FileFault[] = [];
  const positions: string[] = [];
  const end = await here.composition.media.checkFiles({
    quick: false,
    repair: false,
    from: CHECK_BEGINNING,
    onFault: (fault) => faults.push(fault),
    onPosition: ({ afterId }) => positions.push(afterId),
    signal: new AbortController().signal,
    ...options,
  });
  return {
    end,
    faults,
    positions,
    told: faults.map(({ fault, file }) => `${fault} ${file?.kind ?? ''}`).sort(),
  };
}

test('finds nothing where all is well, whichever way it looks', async () => {
  for (const quick of [false, true]) {
    const { end, faults } = await check({ quick });
    expect(faults).toEqual([]);
    expect(end).toMatchObject({ recordings: 2, faults: 0 });
    expect(end.files).toBeGreaterThanOrEqual(10);
  }
});

test('goes on where it was stopped', async () => {
  const { positions } = await check();
  const { end } = await check({ from: { ...CHECK_BEGINNING, afterId: positions[0] ?? '', recordings: 1 } });
  expect(end.recordings).toBe(2);
});

test('finds what is gone, cut short, changed or unnamed, and has made again what can be', async () => {
  await rm(pathOf('mp3'));
  await truncate(pathOf('aac'), 100);
  await writeFile(pathOf('spectrogram'), 'no picture');
  await writeFile(pathOf('waveform'), 'no waveform');
  const stray = path.join(path.dirname(pathOf('original')), 'stray.mp3');
  await writeFile(stray, 'x');
  const old = new Date(Date.now() - 2 * 3_600_000);
  await utimes(stray, old, old);

  expect((await check({ quick: true })).told).toEqual(['missing rendition', 'size rendition', 'unnamed ']);
  const told = ['content spectrogram', 'content waveform', 'missing rendition', 'size rendition', 'unnamed '];
  expect((await check()).told).toEqual(told);

  const { faults } = await check({ repair: true });
  const repaired = faults.filter(({ isRepaired }) => isRepaired).map(({ file }) => file?.kind);
  expect(repaired.sort()).toEqual(['rendition', 'rendition', 'spectrogram']);
  expect(faults.every((fault) => adviceOn(fault).length > 10)).toBe(true);
  const { rows } = await here.kernel.db.pool.query(
    `select id from renditions where recording_id = $1 and status = 'pending'`,
    [id],
  );
  expect(rows).toHaveLength(2);
  for (const { id: renditionId } of rows)
    await runJob(here, 'media.make-rendition', { organisationId, renditionId });
  await runJob(here, 'media.analyse-recording', { organisationId, recordingId: id });
  expect((await check()).told).toEqual(['content waveform', 'unnamed ']);
});

test('repairs nothing from an original that is not whole', async () => {
  await truncate(pathOf('original'), 10);
  await rm(pathOf('waveform'), { force: true });
  const { rows } = await here.kernel.db.pool.query(
    `select file_key as key from renditions where recording_id = $1 and format = 'mp3'`,
    [id],
  );
  await rm(path.join(here.dataDir, 'storage', 'files', rows[0].key));
  const { faults } = await check({ repair: true });
  expect(faults.filter(({ isRepaired }) => isRepaired)).toEqual([]);
  expect(faults.map(({ fault, file }) => `${fault} ${file?.kind}`)).toContain('size original');
});
