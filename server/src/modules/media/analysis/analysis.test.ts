import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { createReadyRecording, runJob, storedFiles } from '../../../../test/harness/factories/media.ts';
import { newId } from '../../../kernel/id.ts';
import { referencedKeysAcrossOrganisations } from '../keeping/file-repo.ts';
import { backfillAnalyses } from './backfill-analyses.ts';

const run = promisify(execFile);
const ANALYSE = 'media.analyse-recording';

let here: TestApp;
let folder: string;
let organisationId: string;
let token: string;

beforeAll(async () => {
  here = await buildTestApp();
  folder = await mkdtemp(path.join(tmpdir(), 'antenne-analysis-'));
  const { organisation, session } = await createSignedIn(here, { role: 'administrator' });
  organisationId = organisation.id;
  token = session.accessToken;
});
afterAll(async () => {
  await here.end();
  await rm(folder, { recursive: true, force: true });
});

/** A stereo tone of 1 kHz at −23 LUFS for ten seconds, the last three of them silent, with tags and a picture. */
async function makeTagged(): Promise<Buffer> {
  const tone = 'sine=f=1000:r=44100:d=7';
  const level = `volume=${10 ** (-23 / 20) * 8}:precision=double,pan=stereo|c0=c0|c1=c0,apad=whole_dur=10`;
  const cover = ['-f', 'lavfi', '-i', 'testsrc=size=1600x1200:rate=1:duration=1'];
  const file = path.join(folder, 'tagged.mp3');
  await run('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', tone, ...cover],
    ...['-map', '0', '-map', '1', '-af', level, '-c:a', 'libmp3lame', '-b:a', '192k'],
    ...['-c:v', 'mjpeg', '-disposition:v', 'attached_pic'],
    ...['-metadata', 'title=Une séance', '-metadata', 'artist=Antenne', '-metadata', 'date=2024-05-01'],
    ...['-metadata', 'album=Débats', '-metadata', 'genre=Speech', '-y', file],
  ]);
  return readFile(file);
}

const get = (url: string, headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
  here.app.inject({ url, headers });
const forget = (id: string) =>
  here.kernel.db.pool.query('delete from recording_analyses where recording_id = $1', [id]);
const jobsFor = async (id: string) => {
  const { rows } = await here.kernel.db.pool.query(
    `select id from pgboss.job where name = $1 and data->>'recordingId' = $2`,
    [ANALYSE, id],
  );
  return rows.length;
};

describe('a recording', () => {
  let id: string;
  beforeAll(async () => {
    const bytes = await makeTagged();
    id = await createReadyRecording(here, organisationId, { bytes, filename: 'tagged.mp3', title: 'Séance' });
  });

  test('has its loudness, in the list too', async () => {
    const expected = { integrated_lufs: expect.closeTo(-23, 0), true_peak_dbtp: expect.closeTo(-23, 0) };
    expect((await get(`/api/recordings/${id}`)).json().loudness).toMatchObject(expected);
    const { recordings } = (await get('/api/recordings')).json();
    const listed = recordings.find((one: { id: string }) => one.id === id);
    expect(listed.loudness).toMatchObject(expected);
  });

  test('tells loudness, faults and clipping', async () => {
    const reply = await get(`/api/recordings/${id}/loudness`);
    expect(reply.statusCode, reply.body).toBe(200);
    expect(reply.json()).toMatchObject({
      state: 'measured',
      channels: 2,
      sample_rate: 44_100,
      clipping: { runs: 0, samples: 0, places: [] },
      faults: [{ code: 'same-on-both', share: 1, start: 0 }],
    });
    expect(reply.json().short_term.lufs.length).toBeGreaterThanOrEqual(9);
    const again = await get(`/api/recordings/${id}/loudness`, {
      authorization: `Bearer ${token}`,
      'if-none-match': String(reply.headers.etag),
    });
    expect(again.statusCode).toBe(304);
  });

  test('tells where it is silent', async () => {
    const { silences, total_seconds, threshold_dbfs } = (await get(`/api/recordings/${id}/silences`)).json();
    expect(threshold_dbfs).toBe(-50);
    expect(silences).toHaveLength(1);
    expect(silences[0].start).toBeCloseTo(7, 0);
    expect(silences[0].end).toBeGreaterThan(9.9);
    expect(total_seconds).toBeCloseTo(3, 0);
  });

  test('tells its spectrum, and shows it', async () => {
    const spectrum = (await get(`/api/recordings/${id}/spectrum`)).json();
    expect(Math.abs(spectrum.centroid_hz - 1000)).toBeLessThan(60);
    expect(spectrum.nyquist_hz).toBe(22_050);
    const picture = await get(`/api/recordings/${id}/spectrogram.png`);
    expect(picture.statusCode).toBe(200);
    expect(picture.headers['content-type']).toBe('image/png');
    expect(picture.rawPayload.readUInt32BE(20)).toBe(256);
  });

  test('has the picture of its file, made anew and smaller', async () => {
    const cover = await get(`/api/recordings/${id}/cover`);
    expect(cover.statusCode).toBe(200);
    expect(cover.headers['content-type']).toBe('image/jpeg');
    const file = path.join(folder, 'cover.jpg');
    await writeFile(file, cover.rawPayload);
    const { stdout } = await run('ffprobe', [
      ...['-v', 'error', '-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0', file],
    ]);
    expect(stdout.trim()).toBe('mjpeg,1000,750');
  });

  test('is described under /api/audio, by its id and by the names of its renditions', async () => {
    const metadata = await get(`/api/audio/${id}/metadata`);
    expect(metadata.json()).toMatchObject({
      duration_seconds: expect.closeTo(10, 0),
      title: 'Séance',
      artist: 'Antenne',
      album: 'Débats',
      year: 2024,
      genre: 'Speech',
      codec: 'mp3',
      artwork_available: true,
      channels: 2,
    });
    const { json } = await get(`/api/audio/${id}-128k.m4a/metadata`);
    expect(json()).toMatchObject({ codec: 'aac', bitrate_kbps: 128, sample_rate: 44_100, channels: 2 });
    const waveform = await get(`/api/audio/${id}-128k.m4a/waveform?resolution=100`);
    expect(waveform.json().rms).toHaveLength(100);
    for (const name of ['loudness', 'spectrum']) {
      const [byFile, byId] = await Promise.all([
        get(`/api/audio/${id}-192k.mp3/${name}`),
        get(`/api/recordings/${id}/${name}`),
      ]);
      expect(byFile.json()).toEqual(byId.json());
    }
  });

  test('tells nothing under another name, nor to a reader without the right', async () => {
    const names = [
      `${id}-64k.mp3`,
      `${id}x`,
      `${id}/..`,
      newId(),
      'x',
      '..%2f..%2fetc%2fpasswd',
      `${id}-192k.mp3%00`,
    ];
    for (const name of names) {
      expect((await get(`/api/audio/${name}/metadata`)).statusCode, name).toBe(404);
    }
    const paths = ['loudness', 'silences', 'spectrum', 'spectrogram.png', 'cover'];
    const all = [
      ...paths.map((name) => `/api/recordings/${id}/${name}`),
      ...['metadata', 'waveform', 'loudness', 'spectrum'].map((name) => `/api/audio/${id}-192k.mp3/${name}`),
    ];
    for (const url of all) expect((await get(url, {})).statusCode, url).toBe(404);
    const signing = { authorization: `Bearer ${token}` };
    const signed = await here.app.inject({
      method: 'POST',
      url: `/api/recordings/${id}/sign`,
      headers: signing,
      payload: { path: 'spectrogram.png' },
    });
    const { url } = signed.json();
    expect((await get(url, {})).statusCode).toBe(200);
    const query = url.slice(url.indexOf('?'));
    for (const one of all) expect((await get(`${one}${query}`, {})).statusCode, one).toBe(200);
    expect((await get(`${all[0]}${query}0`, {})).statusCode).toBe(403);
  });

  test('takes its files along, and the sweep leaves them alone until then', async () => {
    const own = (await storedFiles(here)).filter((file) => file.includes(id));
    expect(
      own.map((file) => /-(analysis\.json|spectrogram\.png|cover\.jpg)$/.exec(file)?.[1]).filter(Boolean),
    ).toHaveLength(3);
    const keysOf = (files: string[]) => files.map((file) => file.slice(file.indexOf('recordings/')));
    const referenced = () => referencedKeysAcrossOrganisations(here.kernel.db.kysely, keysOf(own));
    expect((await referenced()).size).toBe(own.length);
    expect((await removed(id)).toSorted()).toEqual(keysOf(own).toSorted());
    expect((await referenced()).size).toBe(0);
  });

  async function removed(recordingId: string): Promise<string[]> {
    await here.kernel.db.transaction((tx) =>
      here.composition.media.removeRecording(tx, organisationId, recordingId),
    );
    const { rows } = await here.kernel.db.pool.query(
      `select data from pgboss.job where name = 'media.remove-files' order by created_on desc limit 1`,
    );
    return rows[0].data.keys;
  }
});

describe('a recording from before', () => {
  test('is measured when someone asks, once, and twice makes no difference', async () => {
    const id = await createReadyRecording(here, organisationId);
    await forget(id);
    expect((await get(`/api/recordings/${id}`)).json().loudness).toBeNull();
    const [first, second] = await Promise.all([
      get(`/api/recordings/${id}/loudness`),
      get(`/api/recordings/${id}/spectrum`),
    ]);
    for (const reply of [first, second]) {
      expect(reply.statusCode).toBe(409);
      expect(reply.headers['retry-after']).toBe('10');
      expect(reply.json().type).toContain('media.not-ready');
    }
    expect(await jobsFor(id)).toBe(1);
    const payload = { organisationId, recordingId: id };
    await Promise.all([runJob(here, ANALYSE, payload), runJob(here, ANALYSE, payload)]);
    const loudness = await get(`/api/recordings/${id}/loudness`);
    expect(loudness.statusCode).toBe(200);
    expect((await get(`/api/recordings/${id}`)).json().loudness.integrated_lufs).toBe(
      loudness.json().integrated_lufs,
    );
    const files = (await storedFiles(here)).filter(
      (file) => file.includes(id) && file.endsWith('analysis.json'),
    );
    // One whose row was forgotten above, and one of the two runs.
    expect(files).toHaveLength(2);
    const before = await storedFiles(here);
    await runJob(here, ANALYSE, payload);
    expect(await storedFiles(here)).toEqual(before);
  });

  test('is asked for by workers by themselves', async () => {
    const id = await createReadyRecording(here, organisationId);
    await forget(id);
    expect(await backfillAnalyses({ kernel: here.kernel })).toBeGreaterThanOrEqual(1);
    expect(await jobsFor(id)).toBe(1);
  });

  test('whose file is gone says so, and is not tried for ever', async () => {
    const id = await createReadyRecording(here, organisationId);
    await forget(id);
    const original = (await storedFiles(here)).find(
      (file) => file.includes(id) && file.endsWith('-original'),
    );
    await rm(original ?? '');
    await runJob(here, ANALYSE, { organisationId, recordingId: id });
    const reply = await get(`/api/recordings/${id}/loudness`);
    expect(reply.statusCode).toBe(409);
    expect(reply.json()).toMatchObject({ detail: expect.stringMatching(/no longer stored/) });
    expect(await jobsFor(id)).toBe(0);
  });

  test('that is removed while it is measured leaves nothing', async () => {
    const id = await createReadyRecording(here, organisationId);
    await forget(id);
    const before = await storedFiles(here);
    const job = runJob(here, ANALYSE, { organisationId, recordingId: id });
    await here.kernel.db.pool.query('delete from recordings where id = $1', [id]);
    await job;
    expect(await storedFiles(here)).toEqual(before);
  });
});

test('silence has a state and no figure', async () => {
  const id = await createReadyRecording(here, organisationId, { bytes: Buffer.concat([silentWav(3)]) });
  expect((await get(`/api/recordings/${id}`)).json()).toMatchObject({ status: 'ready', loudness: null });
  expect((await get(`/api/recordings/${id}/loudness`)).json()).toMatchObject({
    state: 'silent',
    integrated_lufs: null,
    true_peak_dbtp: null,
    faults: [{ code: 'silent', share: null, start: null }],
  });
});

function silentWav(seconds: number): Buffer {
  const bytes = Buffer.alloc(44 + seconds * 16_000);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8000, 24);
  bytes.writeUInt32LE(16_000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(seconds * 16_000, 40);
  return bytes;
}
