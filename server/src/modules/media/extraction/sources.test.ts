import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingParts } from '../../../../../e2e/harness/parts.ts';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { HOSTILE_SOURCES } from '../../../../test/harness/factories/hostile-sources.ts';
import { runJob, sampleSound, storedFiles } from '../../../../test/harness/factories/media.ts';
import { openSoundHost, type SoundHost } from '../../../../test/harness/factories/sound-host.ts';
import { sampleStream } from '../../../../test/harness/factories/streams.ts';
import { newId } from '../../../kernel/id.ts';
import { createMediaContext, type MediaContext } from '../media-context.ts';
import { claimRecording } from './extraction-repo.ts';
import { fetchOriginal } from './fetch-original.ts';
import { probeOriginal } from './probe-original.ts';

const noYtdlp = missingParts('ytdlp');
const EXTRACT = 'media.extract-recording';

let here: TestApp;
let host: SoundHost;
let context: MediaContext;
let organisationId: string;
let headers: Record<string, string>;
const files: Record<string, Buffer> = {};

beforeAll(async () => {
  here = await buildTestApp();
  context = createMediaContext(here.kernel, here.composition.accounts);
  const signedIn = await createSignedIn(here);
  organisationId = signedIn.person.organisationId;
  headers = signedIn.session.headers;
  host = await openSoundHost(files);
  const streams = await Promise.all([
    sampleStream('hls-encrypted', '/encrypted'),
    sampleStream('hls-ranges', '/ranges'),
    sampleStream('hls-ts', '/ts', { seconds: 2 }),
    sampleStream('dash', '/dash'),
    sampleStream('dash-file', '/dash-file'),
  ]);
  const tone = await sampleSound('tone.mp3', 2);
  Object.assign(files, ...streams, honest(tone), hostile());
});
afterAll(async () => {
  await context.fetch.close();
  await host.close();
  await here.end();
});

const text = (content: string) => Buffer.from(content.replaceAll('HOST', host.url));
const vtt =
  'WEBVTT\n\n00:00.200 --> 00:01.000\nBonjour à tous.\n\n00:01.100 --> 00:01.900\nLa séance est ouverte.\n';

/** A station's web site. */
function honest(tone: Buffer): Record<string, Buffer> {
  const ts = ['list0.ts', 'list1.ts'];
  const item = (guid: string, date: string, inside: string) =>
    `<item><title>Épisode ${guid}</title><guid>${guid}</guid><pubDate>${date}</pubDate>${inside}</item>`;
  return {
    '/a.mp3': tone,
    '/b.mp3': tone,
    '/c.mp3': tone,
    '/d.mp3': tone,
    '/e.mp3': tone,
    '/f.mp3': tone,
    '/captions.vtt': Buffer.from(vtt),
    '/master.m3u8': text(
      `#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="fr",DEFAULT=YES,URI="encrypted/list.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS="avc1,mp4a.40.2",AUDIO="a"\nno-such-film.m3u8`,
    ),
    '/breaks.m3u8': text(
      `#EXTM3U\n${[...ts, ...ts].map((name, index) => `${index === 2 ? '#EXT-X-DISCONTINUITY\n' : ''}#EXTINF:1,\nts/${name}`).join('\n')}\n#EXT-X-ENDLIST`,
    ),
    '/feed.xml': text(`<rss version="2.0"><channel><language>fr-FR</language>
      ${item('copy', 'Sat, 03 Jan 2026 10:00:00 GMT', '<enclosure url="a.mp3" type="audio/mpeg"/>')}
      ${item(
        'newest',
        'Sat, 10 Jan 2026 10:00:00 GMT',
        `<enclosure url="/redirect?to=/a.mp3" type="audio/mpeg"/>
         <podcast:transcript url="captions.vtt" type="text/vtt"/>
         <podcast:transcript url="http://127.0.0.2/secret.vtt" type="text/vtt"/>
         <podcast:chapters url="chapters.json" type="application/json+chapters"/>`,
      )}</channel></rss>`),
    '/chapters.json': text(
      '{"version":"1.2.0","chapters":[{"startTime":0,"title":"Début"},{"startTime":1.2,"title":"Suite"}]}',
    ),
    '/page': Buffer.from(
      `<html lang="fr"><meta charset="iso-8859-1"><title>Une séance</title><video><source src="gone.mp4"><source src="c.mp3"></video>`,
      'latin1',
    ),
    '/known-site': text(
      `<html><title>Known</title><div id="p"></div><script>jwplayer("p").setup({"file":"HOST/d.mp3","title":"Found by yt-dlp"});</script></html>`,
    ),
    '/words': text('<html><title>Only words</title><p>Nothing to hear.</p></html>'),
  };
}

function hostile(): Record<string, Buffer> {
  return Object.fromEntries(HOSTILE_SOURCES.map(([name, content]) => [`/${name}`, text(content)]));
}

async function ask(address: string, body: object = {}): Promise<string> {
  const reply = await here.app.inject({
    method: 'POST',
    url: '/api/recordings/import',
    payload: { url: address.startsWith('/') ? `${host.url}${address}` : address, ...body },
    headers,
  });
  expect(reply.statusCode, reply.body).toBe(202);
  return reply.json().recording_id;
}
const show = async (id: string) => (await here.app.inject({ url: `/api/recordings/${id}`, headers })).json();
const extract = (recordingId: string, given: Parameters<typeof runJob>[3] = {}) =>
  runJob(here, EXTRACT, { organisationId, recordingId }, given);
const bring = async (address: string, body?: object) => {
  const id = await ask(address, body);
  await extract(id);
  return show(id);
};
const cancel = (id: string) =>
  here.app.inject({ method: 'POST', url: `/api/recordings/${id}/cancel`, headers });
/** The first two stages, as a run does them: encoding is the same for every source. */
async function fetchAndProbe(recordingId: string): Promise<void> {
  const key = { organisationId, recordingId, runId: newId() };
  const claimed = await claimRecording(here.kernel.db.kysely, key, newId());
  if (!claimed) throw new Error('nothing to do');
  const { signal } = new AbortController();
  const run = { context, key, signal, report: () => undefined, note: () => undefined };
  await probeOriginal(run, await fetchOriginal(run, claimed));
}
const keptPieces = () => readdir(path.join(here.dataDir, 'fetching')).catch(() => []);

describe('what is at an address', () => {
  test.each<[string, string, number, object]>([
    ['an encrypted HLS behind a master', '/master.m3u8', 3, { source_kind: 'hls', codec: 'aac' }],
    ['HLS in ranges of one file', '/ranges/list.m3u8', 3, { source_kind: 'hls', codec: 'aac' }],
    ['HLS with a break in it', '/breaks.m3u8', 4, { source_kind: 'hls', codec: 'flac' }],
    ['DASH by times', '/dash/list.mpd', 3, { source_kind: 'dash', codec: 'aac' }],
    ['DASH of one file', '/dash-file/list.mpd', 3, { source_kind: 'dash', codec: 'aac' }],
    ['a page', '/page', 2, { source_kind: 'page', codec: 'mp3', title: 'Une séance', language: 'fr' }],
    ['a file', '/b.mp3', 2, { source_kind: 'file', codec: 'mp3', title: 'b' }],
  ])('%s becomes sound', async (_name, address, seconds, expected) => {
    const id = await ask(address);
    await fetchAndProbe(id);
    const recording = await show(id);
    expect(recording).toMatchObject(expected);
    expect(recording.duration_seconds).toBeGreaterThan(seconds - 0.2);
    expect(recording.duration_seconds).toBeLessThan(seconds + 0.3);
    expect(await keptPieces()).toEqual([]);
    await cancel(id);
  });

  test('a feed: its newest item, whose captions and chapters come along', async () => {
    const recording = await bring('/feed.xml');
    expect(recording).toMatchObject({
      status: 'ready',
      source_kind: 'feed',
      title: 'Épisode newest',
      language: 'fr-FR',
      source_url: `${host.url}/feed.xml#newest`,
    });
    const chapters = await here.app.inject({ url: `/api/recordings/${recording.id}/chapters`, headers });
    expect(chapters.json()).toMatchObject({
      source: 'source',
      chapters: [
        { start: 0, end: 1.2, title: 'Début' },
        { start: 1.2, end: recording.duration_seconds, title: 'Suite' },
      ],
    });
    const told = { organisationId, recordingId: recording.id, durationMs: 2000 };
    await runJob(here, 'transcription.start-when-ready', told);
    // Told twice, it is imported once.
    await runJob(here, 'transcription.start-when-ready', told);
    const transcript = await here.app.inject({ url: `/api/recordings/${recording.id}/transcript`, headers });
    expect(transcript.json().segments.map((one: { text: string }) => one.text)).toEqual([
      'Bonjour à tous.',
      'La séance est ouverte.',
    ]);
    const all = await here.app.inject({
      url: `/api/transcriptions?recording_id=${recording.id}`,
      headers,
    });
    expect(all.json().transcriptions).toMatchObject([{ source: 'import', status: 'done' }]);
  });

  test('a feed again: the item that is here is not fetched twice; nor one of the same file', async () => {
    const again = await bring('/feed.xml');
    expect(again).toMatchObject({ status: 'error', error_code: 'media.already-imported' });
    expect((await show(again.same_source_as)).source_url).toBe(`${host.url}/feed.xml#newest`);
    // Its file is here by its own address, too.
    expect(await bring('/feed.xml#copy')).toMatchObject({ error_code: 'media.already-imported' });
    expect(await bring('/feed.xml#no-such-item')).toMatchObject({ error_code: 'media.no-sound-found' });
  });

  test('a title that somebody gave stays', async () => {
    files['/words-with-sound'] = text('<title>Theirs</title><html><audio src="e.mp3"></html>');
    const id = await ask('/words-with-sound', { title: 'Ours' });
    await fetchAndProbe(id);
    expect(await show(id)).toMatchObject({ title: 'Ours', source_kind: 'page' });
    await cancel(id);
  });

  test('chapters that the file itself marks', async () => {
    const marks = path.join(here.dataDir, 'marks.txt');
    await writeFile(
      marks,
      ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=900\nEND=2000\ntitle=Two\n',
    );
    const target = path.join(here.dataDir, 'marked.mp3');
    const tone = ['-f', 'lavfi', '-i', 'sine=duration=2'];
    await promisify(execFile)('ffmpeg', ['-v', 'error', ...tone, '-i', marks, '-map_metadata', '1', target]);
    files['/marked.mp3'] = await readFile(target);
    const recording = await bring('/marked.mp3');
    const chapters = await here.app.inject({ url: `/api/recordings/${recording.id}/chapters`, headers });
    expect(chapters.json()).toMatchObject({
      source: 'file',
      chapters: [
        { start: 0, end: 0.9, title: 'One' },
        { start: 0.9, title: 'Two' },
      ],
    });
    expect((await here.app.inject({ url: `/api/recordings/${recording.id}/chapters` })).statusCode).toBe(404);
  });
});

test('an address that led to a sound is known by that, too', async () => {
  const first = { id: await ask('/redirect?to=/f.mp3') };
  await fetchAndProbe(first.id);
  const reply = await here.app.inject({
    method: 'POST',
    url: '/api/recordings/import',
    payload: { url: `${host.url}/f.mp3` },
    headers,
  });
  expect(reply.statusCode).toBe(409);
  expect(reply.json()).toMatchObject({ recording_id: first.id });
  expect(await bring('/redirect?x=1&to=/f.mp3')).toMatchObject({ same_source_as: first.id });
  await cancel(first.id);
});

describe('what means harm ends in a sentence, and leaves nothing', () => {
  test.each(HOSTILE_SOURCES)('%s', async (name, _content, code) => {
    const before = await storedFiles(here);
    const recording = await bring(`/${name}`);
    expect(recording).toMatchObject({ status: 'error', error_code: code });
    expect(recording.error).toMatch(/^[A-Z].*[.]$/);
    expect(recording.error).not.toMatch(/passwd|\/tmp|169\.254/);
    const added = (await storedFiles(here)).filter((file) => !before.includes(file));
    // What proved to be no sound when it was whole is the original, for whoever asks why.
    expect(added.filter((file) => !file.endsWith('-original'))).toEqual([]);
    expect(await keptPieces()).toEqual([]);
  });
});

describe.skipIf(noYtdlp !== null)(
  `a page that yt-dlp knows${noYtdlp === null ? '' : ` (${noYtdlp})`}`,
  () => {
    test('becomes sound, through the proxy', async () => {
      const id = await ask('/known-site');
      await fetchAndProbe(id);
      expect(await show(id)).toMatchObject({ source_kind: 'site', codec: 'mp3' });
      expect(host.asked('/d.mp3')).toBeGreaterThan(0);
      await cancel(id);
      expect((await storedFiles(here)).filter((file) => file.includes('/storage/tmp/'))).toEqual([]);
    });

    test.each([
      ['/words', 'media.no-sound-found'],
      ['/site-inside', 'media.address-refused'],
    ])('%s ends in %s', async (address, code) => {
      files['/site-inside'] = text(
        '<html><script>jwplayer("p").setup({"file":"http://127.0.0.2/secret.mp3"});</script></html>',
      );
      expect(await bring(address)).toMatchObject({ status: 'error', error_code: code });
    });

    test('is left at once when the work is cancelled, with every process', async () => {
      files['/site-slow'] = text('<html><script>jwplayer("p").setup({"file":"HOST/slow"});</script></html>');
      const id = await ask('/site-slow');
      const running = extract(id);
      await expect.poll(() => host.asked('/slow'), { timeout: 20_000 }).toBeGreaterThan(0);
      await cancel(id);
      await running;
      expect(await show(id)).toMatchObject({ error_code: 'media.cancelled' });
      await expect.poll(() => host.open()).toBe(0);
      expect((await storedFiles(here)).filter((file) => file.includes('/storage/tmp/'))).toEqual([]);
    });
  },
);
