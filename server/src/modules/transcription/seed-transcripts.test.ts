import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import { createOrganisation } from '../../../test/harness/factories/accounts.ts';
import { seedTranscriptPath } from '../archive/public.ts';
import { bringSampleTranscript } from './bring-sample-transcript.ts';
import { understand } from './read-import-form.ts';
import { createTranscriptionContext } from './transcription-context.ts';

const run = promisify(execFile);
const seeds = fileURLToPath(new URL('../../../seeds/', import.meta.url));
const names = (await readdir(path.join(seeds, 'sound'))).map((file) => path.parse(file).name);

/** What is said in a text of the seed, without who says it. */
async function saidIn(name: string): Promise<string> {
  const lines = (await readFile(path.join(seeds, `texts/${name}.txt`), 'utf8')).split('\n');
  const spoken = lines.filter((line) => line.includes(': ') && !line.startsWith('#'));
  return spoken.map((line) => line.slice(line.indexOf(': ') + 2)).join(' ');
}

/** Where silences of the sound end, in milliseconds: where somebody begins to speak. */
async function beginningsIn(name: string): Promise<number[]> {
  const filter = ['-af', 'silencedetect=noise=-38dB:d=0.2', '-f', 'null', '-'];
  const file = path.join(seeds, `sound/${name}.opus`);
  const { stderr } = await run('ffmpeg', ['-nostdin', '-hide_banner', '-i', file, ...filter]);
  return [...stderr.matchAll(/silence_end: ([\d.]+)/g)].map((match) => Number(match[1]) * 1000);
}

describe('the transcripts of the seed', () => {
  test('are there for each sound', () => {
    expect(names.length).toBe(3);
  });

  test.each(names)('%s holds the words that are spoken, and who speaks them', async (name) => {
    const { segments, format, language } = understand(await readFile(seedTranscriptPath(`${name}.vtt`)));
    expect([format, language]).toEqual(['vtt', 'fr']);
    expect(segments.map(({ text }) => text).join(' ')).toBe(await saidIn(name));
    expect(segments.every(({ speaker }) => speaker !== null)).toBe(true);
    expect(new Set(segments.map(({ speaker }) => speaker)).size).toBeGreaterThan(2);
  });

  test.each(names)('%s stands where its sound begins to speak', { timeout: 60_000 }, async (name) => {
    const { segments } = understand(await readFile(seedTranscriptPath(`${name}.vtt`)));
    const beginnings = await beginningsIn(name);
    const off = segments.map(({ startMs, text }) => ({
      text,
      ms: Math.min(...beginnings.map((at) => Math.abs(at - startMs))),
    }));
    expect(off.filter(({ ms }) => ms > 200)).toEqual([]);
  });
});

describe('the sample', () => {
  let here: TestApp;
  beforeAll(async () => {
    here = await buildTestApp();
  });
  afterAll(() => here.end());

  test('comes with its text, once, and again where its text has gone', { timeout: 60_000 }, async () => {
    const { id: organisationId } = await createOrganisation(here, { isDefault: true });
    const bringer = { organisationId, personId: null };
    const { recordingIds } = await here.composition.archive.bringSeed(bringer);
    await here.composition.archive.bringSeed(bringer);
    const { rows: told } = await here.kernel.db.pool.query(
      "select data from pgboss.job where name = 'transcription.bring-sample-transcript'",
    );
    expect(told).toHaveLength(6);
    expect(new Set(told.map(({ data }) => data.recordingId))).toEqual(new Set(recordingIds));
    const context = createTranscriptionContext(here.kernel, here.composition.media);
    for (const { data } of told) await bringSampleTranscript(context, data);
    const { rows: facts } = await here.kernel.db.pool.query(
      'select recording_id, version, language, segment_count from recording_transcript_facts',
    );
    expect(facts).toHaveLength(3);
    for (const fact of facts) {
      expect(fact).toMatchObject({ version: 1, language: 'fr' });
      expect(fact.segment_count).toBeGreaterThan(30);
    }
    await here.kernel.db.pool.query('delete from transcriptions');
    await bringSampleTranscript(context, told[0]?.data);
    const { rows: after } = await here.kernel.db.pool.query('select version from recording_transcript_facts');
    expect(after).toEqual([{ version: 2 }]);
  });
});
