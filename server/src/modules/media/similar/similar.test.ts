import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createOrganisation, createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { createReadyRecording, runJob } from '../../../../test/harness/factories/media.ts';
import { newId } from '../../../kernel/id.ts';
import { compareFingerprints } from './compare.ts';
import { sketchOf } from './sketch.ts';

const run = promisify(execFile);
const HOST = 'radio-similar.test';
const RATE = 11_025;
const SECONDS = 30;
let here: TestApp;
let folder: string;
let organisationId: string;
let member: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'similar-'));
  here = await buildTestApp();
  const organisation = await createOrganisation(here, { hostnames: [HOST] });
  organisationId = organisation.id;
  member = (await createSignedIn(here, { organisation, role: 'archivist' })).session.headers;
});
afterAll(async () => {
  await here.end();
  await rm(folder, { recursive: true, force: true });
});

/** A melody of notes chosen by the seed, as a WAV file. */
async function melody(name: string, seed: number): Promise<string> {
  const samples = Buffer.alloc(RATE * SECONDS * 2);
  let state = seed;
  let frequency = 0;
  let phase = 0;
  for (let at = 0; at < RATE * SECONDS; at++) {
    if (at % Math.round(RATE / 5) === 0) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      frequency = 180 * 2 ** ((state >>> 24) / 96);
    }
    phase += (2 * Math.PI * frequency) / RATE;
    const wave = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.3 * Math.sin(3 * phase);
    samples.writeInt16LE(Math.round(wave * 9_000), at * 2);
  }
  const file = path.join(folder, `${name}.wav`);
  await writeFile(`${file}.raw`, samples);
  await ffmpeg('-f', 's16le', '-ar', String(RATE), '-ac', '1', '-i', `${file}.raw`, file);
  return file;
}

async function ffmpeg(...args: string[]): Promise<void> {
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
}

async function valuesOf(file: string): Promise<Int32Array> {
  const { media } = here.kernel;
  const values = await media.fingerprint({ inputPath: file, source: await media.probe(file) });
  if (!values) throw new Error('this ffmpeg has no Chromaprint');
  return values;
}

async function addRecording(title: string, file: string): Promise<string> {
  const id = await createReadyRecording(here, organisationId, { title, bytes: await readFile(file) });
  await runJob(here, 'media.fingerprint-recording', { organisationId, recordingId: id });
  return id;
}

const similarTo = (id: string, headers: Record<string, string>) =>
  here.app.inject({ url: `/api/recordings/${id}/similar`, headers: { host: HOST, ...headers } });

describe('sounds', () => {
  test('are alike in another format and cut, and unlike others', { timeout: 60_000 }, async () => {
    const first = await melody('first', 1);
    const poor = path.join(folder, 'poor.mp3');
    await ffmpeg('-i', first, '-b:a', '48k', '-af', 'volume=-8dB', poor);
    const cut = path.join(folder, 'cut.ogg');
    await ffmpeg('-ss', '4', '-i', first, '-c:a', 'libopus', '-b:a', '48k', cut);
    const [original, encoded, later, other] = await Promise.all(
      [first, poor, cut, await melody('other', 2)].map(valuesOf),
    );
    if (!original || !encoded || !later || !other) throw new Error('no values');
    const inSketch = new Set(sketchOf(original));
    const shared = (values: Int32Array) => sketchOf(values).filter((number) => inSketch.has(number)).length;
    expect(shared(encoded)).toBeGreaterThan(40);
    expect(shared(later)).toBeGreaterThan(4);
    expect(shared(other)).toBeLessThan(4);
    expect(compareFingerprints(original, encoded)).toMatchObject({ offsetMs: expect.closeTo(0, -3) });
    expect(compareFingerprints(original, encoded)?.similarity).toBeGreaterThan(0.7);
    const moved = compareFingerprints(original, later);
    expect(moved?.similarity).toBeGreaterThan(0.5);
    expect(Math.abs((moved?.offsetMs ?? 0) + 4_000)).toBeLessThan(250);
    expect(compareFingerprints(original, other)?.similarity ?? 0).toBeLessThan(0.35);
  });

  test('that say little are like nothing', () => {
    expect(sketchOf(new Int32Array(5_000).fill(7))).toEqual([]);
    expect(compareFingerprints(new Int32Array(5), new Int32Array(5))).toBeNull();
    expect(compareFingerprints(new Int32Array(0), new Int32Array(900))).toBeNull();
  });

  test('are told to whoever may hear them, and to nobody else', { timeout: 60_000 }, async () => {
    const file = await melody('told', 3);
    const poor = path.join(folder, 'told.mp3');
    await ffmpeg('-i', file, '-b:a', '64k', poor);
    const first = await addRecording('The first', file);
    expect((await similarTo(first, member)).json()).toEqual({ state: 'compared', similar: [] });
    const second = await addRecording('The same again', poor);
    await addRecording('Another', await melody('another', 4));
    const { similar } = (await similarTo(first, member)).json();
    expect(similar).toHaveLength(1);
    expect(similar[0]).toMatchObject({ recording_id: second, title: 'The same again', offset_seconds: 0 });
    // A second run of the job changes nothing.
    await runJob(here, 'media.fingerprint-recording', { organisationId, recordingId: second });
    expect((await similarTo(first, {})).statusCode).toBe(404);
    await here.kernel.db.transaction((tx) =>
      here.composition.media.setVisibility(tx, organisationId, first, 'public'),
    );
    expect((await similarTo(first, {})).json().similar).toEqual([]);
    const stranger = (await createSignedIn(here, { role: 'administrator' })).session.headers;
    expect((await similarTo(second, stranger)).statusCode).toBe(404);
    expect((await similarTo(newId(), member)).statusCode).toBe(404);
  });

  test('that nobody has listened to yet are waited for', async () => {
    const id = await createReadyRecording(here, organisationId);
    expect((await similarTo(id, member)).json()).toEqual({ state: 'waiting', similar: [] });
  });
});
