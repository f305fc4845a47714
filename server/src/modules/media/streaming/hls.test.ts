import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingParts } from '../../../../../e2e/harness/parts.ts';
import { buildTestApp, type TestApp, testClock } from '../../../../test/harness/app.ts';
import { createOrganisation, createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { createReadyRecording, sampleSound, storedFiles } from '../../../../test/harness/factories/media.ts';
import { newId } from '../../../kernel/id.ts';

const noMpv = missingParts('mpv');

const run = promisify(execFile);
const clock = testClock();
const HOST = 'radio-hls.test';
const SECONDS = 20;
let here: TestApp;
let organisationId: string;
let member: Record<string, string>;
let stranger: Record<string, string>;
let privateId: string;
let publicId: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hls-'));
  here = await buildTestApp({ clock });
  const organisation = await createOrganisation(here, { hostnames: [HOST, '127.0.0.1'] });
  organisationId = organisation.id;
  member = (await createSignedIn(here, { organisation, role: 'member' })).session.headers;
  stranger = (await createSignedIn(here, { role: 'administrator' })).session.headers;
  const bytes = await sampleSound('tone.wav', SECONDS);
  privateId = await createReadyRecording(here, organisationId, { bytes });
  publicId = await createReadyRecording(here, organisationId, { bytes, visibility: 'public' });
});
afterAll(async () => {
  await here.end();
  await rm(folder, { recursive: true, force: true });
});

const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  here.app.inject({ method, url, headers: { host: HOST, ...headers } });
const master = (id: string, query = '') => `/hls/${id}/master.m3u8${query}`;

/** Addresses of a playlist's children, from the root. */
const childrenOf = (body: string, base: string): string[] =>
  [...body.split('\n'), /#EXT-X-MAP:URI="([^"]+)"/.exec(body)?.[1] ?? '']
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const { pathname, search } = new URL(line, `http://x${base}`);
      return pathname + search;
    });

describe('every address of a master', () => {
  test('answers, with bytes that say how many they are and never change', async () => {
    const reply = await get(master(publicId));
    expect(reply.headers).toMatchObject({
      'content-type': 'application/vnd.apple.mpegurl',
      'cache-control': 'public, max-age=300',
    });
    expect(reply.body.match(/CODECS="[^"]+"\n\w+/g)).toEqual([
      'CODECS="mp4a.40.34"\nmedium',
      'CODECS="mp4a.40.2"\nlow',
    ]);
    const types = new Set<string>();
    for (const playlist of childrenOf(reply.body, master(publicId))) {
      expect(playlist).not.toContain('?');
      const list = await get(playlist);
      expect(list.statusCode).toBe(200);
      const segments = childrenOf(list.body, playlist);
      expect(segments.length).toBeGreaterThan(3);
      for (const address of segments) {
        const whole = await get(address);
        expect([address, whole.statusCode]).toEqual([address, 200]);
        expect(Number(whole.headers['content-length'])).toBe(whole.rawPayload.length);
        expect(whole.headers['cache-control']).toBe('public, max-age=31536000, s-maxage=300, immutable');
        types.add(String(whole.headers['content-type']));
        const head = await get(address, {}, 'HEAD');
        expect([head.statusCode, head.headers.etag, head.headers['content-length']]).toEqual([
          200,
          whole.headers.etag,
          whole.headers['content-length'],
        ]);
        const same = await get(address, { 'if-none-match': String(whole.headers.etag) });
        expect(same.statusCode).toBe(304);
        // Across the border between what is made and what lies in the file.
        const part = await get(address, { range: 'bytes=50-1999' });
        expect([part.statusCode, part.rawPayload]).toEqual([206, whole.rawPayload.subarray(50, 2_000)]);
        const beyond = await get(address, { range: 'bytes=99999999-' });
        expect(beyond.statusCode).toBe(416);
      }
    }
    expect([...types].toSorted()).toEqual(['audio/mp4', 'audio/mpeg']);
  });

  test('is right about its rates', async () => {
    const { body } = await get(master(publicId));
    for (const [, peak, average, quality] of body.matchAll(
      /BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+).*\n(\w+)/g,
    )) {
      const kbps = quality === 'medium' ? 192 : 128;
      // A tone takes less of AAC than it may.
      expect(Number(average)).toBeLessThan(kbps * 1_050);
      if (quality === 'medium') expect(Number(average)).toBeGreaterThan(kbps * 990);
      expect(Number(peak)).toBeGreaterThanOrEqual(Number(average));
    }
  });
});

/** Samples that a file of renditions holds, the encoder's delay too. */
const samplesOf = async (...input: string[]): Promise<Buffer> => {
  // By the count of samples: ffmpeg's own HLS client puts a packed segment's first time stamp on the last frame before.
  const args = ['-nostdin', '-v', 'error', ...input, '-af', 'asetpts=N/SR/TB', '-f', 's16le', '-'];
  const { stdout, stderr } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 2 ** 27 });
  expect(stderr.toString()).toBe('');
  return stdout;
};

describe('players', () => {
  test('ffmpeg gets every sample of the rendition, and the length of it', async () => {
    const origin = await here.listen();
    const files = (await storedFiles(here)).filter((file) => file.includes(publicId));
    const cases = [
      { quality: 'medium', ending: '192k.mp3', raw: ['-flags2', 'skip_manual'], offMs: 40 },
      { quality: 'low', ending: '128k.m4a', raw: ['-ignore_editlist', '1'], offMs: 1 },
    ];
    for (const { quality, ending, raw, offMs } of cases) {
      const address = `${origin}/hls/${publicId}/${quality}/playlist.m3u8`;
      const file = files.find((each) => each.endsWith(ending)) ?? '';
      const [streamed, stored] = [await samplesOf('-i', address), await samplesOf(...raw, '-i', file)];
      expect(streamed.length).toBe(stored.length);
      expect(streamed.equals(stored)).toBe(true);
      const probe = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', address];
      const seconds = Number((await run('ffprobe', probe)).stdout);
      expect(Math.abs(seconds - SECONDS) * 1000).toBeLessThan(offMs);
    }
  });

  test('ffmpeg seeks to the second, in a signed list too', async () => {
    const { body } = await get(master(privateId), member);
    const [child = ''] = childrenOf(body, master(privateId));
    const rest = await samplesOf('-ss', '13', '-i', here.app.listeningOrigin + child);
    expect(Math.abs(rest.length / 2 / 44_100 - (SECONDS - 13))).toBeLessThan(0.1);
  });

  // Not by ffmpeg 5's HLS client, which cannot seek in fragments, its own neither.
  test('a decoder that begins at a later fragment gets what is left', async () => {
    const address = `/hls/${publicId}/low/playlist.m3u8`;
    const segments = childrenOf((await get(address)).body, address);
    const init = segments.at(-1) ?? '';
    const late = path.join(folder, 'late.mp4');
    const parts = [init, ...segments.slice(2, -1)].map(async (each) => (await get(each)).rawPayload);
    await writeFile(late, Buffer.concat(await Promise.all(parts)));
    const all = await samplesOf('-i', here.app.listeningOrigin + address);
    const rest = await samplesOf('-i', late);
    // Frames overlap, so the first after a seek lacks a half; and AAC fills in noise that each decoder makes up.
    const frame = 2 * 1024;
    const end = all.subarray(all.length - rest.length);
    let off = 0;
    for (let at = frame; at < rest.length; at += 2)
      off += Math.abs(rest.readInt16LE(at) - end.readInt16LE(at));
    expect(off / (rest.length / 2)).toBeLessThan(30);
    expect(Math.abs(rest.length / 2 / 44_100 - (SECONDS - 12))).toBeLessThan(0.05);
  });

  test.skipIf(noMpv !== null)(
    `mpv plays the master to its end${noMpv ? ` [skipped: ${noMpv}]` : ''}`,
    async () => {
      const out = path.join(folder, 'mpv.wav');
      const address = here.app.listeningOrigin + master(publicId);
      const options = [
        '--no-config',
        '--vo=null',
        '--ao=pcm',
        `--ao-pcm-file=${out}`,
        '--msg-level=all=warn',
      ];
      const { stdout } = await run('mpv', [...options, address]);
      expect(stdout.replace(/\[\w\[K|\r/g, '').trim()).toBe('');
      const { length } = await samplesOf('-i', out, '-ac', '1', '-ar', '44100');
      expect(Math.abs(length / 2 / 44_100 - SECONDS)).toBeLessThan(0.05);
    },
  );

  test('all renditions keep one time line: the first sample of the sound is at ten seconds', async () => {
    const lists = childrenOf((await get(master(publicId))).body, master(publicId));
    for (const playlist of lists) {
      const address = here.app.listeningOrigin + playlist;
      const args = ['-v', 'error', '-show_entries', 'format=start_time', '-of', 'csv=p=0', address];
      const start = Number((await run('ffprobe', args)).stdout);
      // Before it the encoder's delay: 1105 samples of MP3, 1024 of AAC.
      const delay = playlist.includes('medium') ? 1105 : 1024;
      expect(start).toBeCloseTo(10 - delay / 44_100, 4);
    }
  });
});

describe('who may hear', () => {
  test('a private recording: by right, and then its children by the signature they are given', async () => {
    const reply = await get(master(privateId), member);
    expect(reply.headers['cache-control']).toBe('private, max-age=300');
    const again = await get(master(privateId), member);
    expect(again.body).toBe(reply.body);
    for (const playlist of childrenOf(reply.body, master(privateId))) {
      expect(playlist).toMatch(/\?expires=\d+&sig=[0-9a-f]{64}$/);
      const list = await get(playlist, { host: 'elsewhere.test' });
      expect(list.statusCode).toBe(200);
      for (const segment of childrenOf(list.body, playlist)) {
        expect((await get(segment, { host: 'elsewhere.test' })).statusCode).toBe(200);
        expect((await get(segment.split('?')[0] ?? '')).statusCode).toBe(404);
      }
    }
  });

  test('a signed master hands its own signature on, and no longer life', async () => {
    const signed = await here.app.inject({
      method: 'POST',
      url: `/api/recordings/${privateId}/sign`,
      payload: { expires_in_seconds: 100 },
      headers: member,
    });
    const query = new URL(signed.json().url, 'http://x').search;
    const { body } = await get(master(privateId, query), { host: 'elsewhere.test' });
    for (const child of childrenOf(body, master(privateId))) expect(child.endsWith(query)).toBe(true);
    clock.advance(200_000);
    for (const child of childrenOf(body, master(privateId))) expect((await get(child)).statusCode).toBe(403);
  });

  test.each([
    ['nobody', {}, 404],
    ['a stranger', 'stranger', 404],
    ['half a signature', { query: '?expires=1' }, 400],
    ['a wrong one', { query: `?expires=9999999999&sig=${'0'.repeat(64)}` }, 403],
  ] as const)('a private one: %s does not', async (_who, given, status) => {
    const headers = given === 'stranger' ? stranger : {};
    const query = typeof given === 'object' && 'query' in given ? given.query : '';
    const { body } = await get(`/hls/${privateId}/low/playlist.m3u8`, member);
    const [segment = ''] = childrenOf(body, `/hls/${privateId}/low/playlist.m3u8`);
    const bare = segment.split('?')[0];
    for (const address of [master(privateId), `/hls/${privateId}/low/playlist.m3u8`, bare]) {
      expect((await get(address + query, headers)).statusCode).toBe(status);
    }
  });

  test('an unlisted one needs its exact address, a public one the right host', async () => {
    const id = await createReadyRecording(here, organisationId, { visibility: 'unlisted' });
    expect((await get(master(id))).statusCode).toBe(200);
    expect((await get(master(publicId), { host: 'elsewhere.test' })).statusCode).toBe(404);
  });
});

describe('names that lead nowhere', () => {
  let cut: string;
  beforeAll(async () => {
    const { body } = await get(`/hls/${publicId}/low/playlist.m3u8`);
    cut = /URI="([0-9a-f]{16})-init/.exec(body)?.[1] ?? '';
  });
  test.each([
    ['a track', () => `/hls/${newId()}/master.m3u8`],
    ['a track of letters', () => '/hls/x/master.m3u8'],
    ['a way out', () => '/hls/..%2f..%2fetc%2fpasswd/master.m3u8'],
    ['a NUL', () => `/hls/${publicId}%00/master.m3u8`],
    ['a track of 400', () => `/hls/${'9'.repeat(400)}/master.m3u8`],
    ['a quality', () => `/hls/${publicId}/best/playlist.m3u8`],
    ['a quality of the language', () => `/hls/${publicId}/constructor/playlist.m3u8`],
    ['a quality that is not made', () => `/hls/${publicId}/high/playlist.m3u8`],
    ['a quality that is not made, segment', () => `/hls/${publicId}/high/${cut}-0.m4s`],
    ['a segment of another quality', () => `/hls/${publicId}/medium/${cut}-0.m4s`],
    ['a segment before the first', () => `/hls/${publicId}/low/${cut}--1.m4s`],
    ['a segment past the last', () => `/hls/${publicId}/low/${cut}-4.m4s`],
    ['a segment far past it', () => `/hls/${publicId}/low/${cut}-9999999.m4s`],
    ['a number without end', () => `/hls/${publicId}/low/${cut}-${'9'.repeat(190)}.m4s`],
    ['a segment that is no number', () => `/hls/${publicId}/low/${cut}-NaN.m4s`],
    ['a segment of other packing', () => `/hls/${publicId}/low/${cut}-0.mp3`],
    ['a segment of other bytes', () => `/hls/${publicId}/low/${'0'.repeat(16)}-0.m4s`],
    ['another playlist', () => `/hls/${publicId}/low/other.m3u8`],
  ])('%s: 404', async (_what, address) => {
    const reply = await get(address());
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
  });

  test('say what is there instead', async () => {
    expect((await get(`/hls/${publicId}/high/playlist.m3u8`)).json().detail).toContain('medium, low');
  });
});

describe('playlists', () => {
  test('have a tag of their content, and are compressed for those who take it', async () => {
    const long = await createReadyRecording(here, organisationId, {
      bytes: await sampleSound('tone.wav', 60),
    });
    // Signed addresses are most of a private recording's list.
    const address = `/hls/${long}/low/playlist.m3u8`;
    const plain = await get(address, member);
    const packed = await get(address, { ...member, 'accept-encoding': 'br, gzip' });
    expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([
      undefined,
      'gzip',
    ]);
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body);
    expect(packed.headers.vary).toContain('accept-encoding');
    expect(packed.headers.etag).not.toBe(plain.headers.etag);
    const refused = await get(address, { ...member, 'accept-encoding': 'gzip;q=0' });
    expect(refused.headers['content-encoding']).toBeUndefined();
    for (const { headers } of [plain, packed]) {
      const encoding = headers === packed.headers ? 'gzip' : 'identity';
      const known = await get(address, {
        ...member,
        'if-none-match': String(headers.etag),
        'accept-encoding': encoding,
      });
      expect([known.statusCode, known.rawPayload.length]).toEqual([304, 0]);
    }
  });

  test('of sound that is still being made say when to come back', async () => {
    const { recordingId } = await here.kernel.db.transaction((tx) =>
      here.composition.media.requestExtraction(tx, {
        organisationId,
        sourceUrl: 'http://127.0.0.1:1/none.mp3',
        createdBy: null,
      }),
    );
    const reply = await get(master(recordingId), member);
    expect([reply.statusCode, reply.headers['retry-after']]).toEqual([409, '5']);
  });

  test('leave out a rendition that is damaged on the disk, and one that is gone is a 404', async () => {
    // Of its own length: equal bytes are remembered together.
    const bytes = await sampleSound('tone.wav', 3);
    const id = await createReadyRecording(here, organisationId, { bytes, visibility: 'public' });
    const files = (await storedFiles(here)).filter((file) => file.includes(id));
    const m4a = files.find((file) => file.endsWith('.m4a')) ?? '';
    await writeFile(m4a, Buffer.alloc((await readFile(m4a)).length));
    const { body } = await get(master(id));
    expect(childrenOf(body, master(id))).toEqual([`/hls/${id}/medium/playlist.m3u8`]);
    expect((await get(`/hls/${id}/low/playlist.m3u8`)).statusCode).toBe(404);
    for (const file of files) await rm(file, { force: true });
    expect((await get(master(id))).statusCode).toBe(404);
  });

  test('made before a better rendition came go on to play', async () => {
    const id = await createReadyRecording(here, organisationId, { visibility: 'public' });
    const address = `/hls/${id}/medium/playlist.m3u8`;
    const before = childrenOf((await get(address)).body, address);
    const { rows } = await here.kernel.db.pool.query(
      `insert into renditions select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'quality', '192k', 'filename', 'better'))).*
       from renditions r where recording_id = $1 and format = 'aac' returning id`,
      [id],
    );
    expect(rows).toHaveLength(1);
    expect((await get(address)).body).toContain('.m4s');
    for (const segment of before) expect((await get(segment)).statusCode).toBe(200);
  });
});

describe('ids of a later module', () => {
  test('are heard by its rule, or by a signature over the recording', async () => {
    const debatId = newId();
    let mayHear = false;
    here.composition.media.addTracks(async (_actor, track) =>
      track === debatId ? { organisationId, recordingId: privateId, visibility: 'unlisted', mayHear } : null,
    );
    expect((await get(master(debatId))).statusCode).toBe(404);
    const expires = Math.floor(clock.now() / 1000) + 100;
    const query = `?expires=${expires}&sig=${here.composition.media.sign(privateId, expires)}`;
    const signed = await get(master(debatId, query));
    const [child = ''] = childrenOf(signed.body, master(debatId));
    expect(child).toBe(`/hls/${debatId}/medium/playlist.m3u8${query}`);
    expect((await get(child)).statusCode).toBe(200);
    mayHear = true;
    expect((await get(master(debatId))).statusCode).toBe(200);
  });
});
