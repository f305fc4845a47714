import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { MediaContext } from './media-context.ts';
import { probe } from './probe.ts';
import { createProcessRunner } from './run-process.ts';
import { bothTools, id3Tag, testFolder, toneWav, wavHeader } from './sound.test-kit.ts';
import type { EncodeFormat } from './tools.ts';

const folder = await testFolder('probe');
const tools = await bothTools(folder);

async function file(name: string, content: Buffer | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const source = await file('source.wav', toneWav({ seconds: 3 }));

const formats = ['mp3', 'aac', 'opus', 'flac', 'wav'] as const;

describe.each(tools)('%s', (name, media) => {
  const own = name.replace(/\W/g, '');
  const made = (format: EncodeFormat) => join(folder, `${own}-${format}.txt`);

  beforeAll(async () => {
    const info = await media.probe(source);
    const outputs = formats.map((format) => ({ path: made(format), format, bitrateKbps: 128 }));
    await media.encode({ inputPath: source, source: info, outputs, title: 'Séance' });
  });

  test('a WAV', async () => {
    expect(await media.probe(source)).toEqual({
      container: 'wav',
      mimeType: 'audio/wav',
      codec: 'pcm_s16le',
      durationMs: 3000,
      sampleRate: 44_100,
      channels: 2,
      bitrateKbps: 1411,
      hasVideo: false,
      audioStreamIndex: 0,
      tags: {},
    });
  });

  test.each<[EncodeFormat, string, string, string]>([
    ['mp3', 'mp3', 'audio/mpeg', 'mp3'],
    ['aac', 'mp4', 'audio/mp4', 'aac'],
    ['opus', 'ogg', 'audio/ogg', 'opus'],
    ['flac', 'flac', 'audio/flac', 'flac'],
    ['wav', 'wav', 'audio/wav', 'pcm_s16le'],
  ])('%s under a misleading name', async (format, container, mimeType, codec) => {
    const info = await media.probe(made(format));
    expect(info).toMatchObject({ container, mimeType, codec, channels: 2, hasVideo: false });
    expect(Math.abs(info.durationMs - 3000)).toBeLessThanOrEqual(1);
    if (format !== 'wav') expect(info.tags).toEqual({ title: 'Séance' });
  });

  test('an MP3 behind a tag of 20 MB keeps its tags, cleaned', async () => {
    const mp3 = await readFile(made('mp3'));
    const tag = id3Tag(
      { TIT2: 'Un\u0000titre\u202e très\n  long', TPE1: 'Chœur', TCON: 'Speech' },
      20_000_000,
    );
    const info = await media.probe(await file('tagged.mp3', Buffer.concat([tag, mp3])));
    expect(info).toMatchObject({
      container: 'mp3',
      codec: 'mp3',
      tags: { artist: 'Chœur', genre: 'Speech' },
    });
    expect(info.tags.title).toMatch(/^Un/);
    expect(info.tags.title).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('a title of two million letters is not worth a failure', async () => {
    const mp3 = await readFile(made('mp3'));
    const info = await media.probe(
      await file('flood.mp3', Buffer.concat([id3Tag({ TIT2: 'x'.repeat(2_000_000) }), mp3])),
    );
    expect(info.codec).toBe('mp3');
    expect((info.tags.title ?? '').length).toBeLessThanOrEqual(500);
  });

  test('an MP3 cut in the middle is as long as what is left', async () => {
    const mp3 = await readFile(made('mp3'));
    const info = await media.probe(await file('cut.mp3', mp3.subarray(0, mp3.length / 2)));
    expect(info.durationMs).toBeGreaterThan(1300);
    expect(info.durationMs).toBeLessThan(1700);
  });

  test('an M4A whose end is missing is as long as what is left', async () => {
    const m4a = await readFile(made('aac'));
    const info = await media.probe(await file('cut.m4a', m4a.subarray(0, Math.round(m4a.length * 0.6))));
    expect(info.durationMs).toBeGreaterThan(1000);
    expect(info.durationMs).toBeLessThan(2500);
  });

  test('a header that claims six hours over two seconds of sound is not believed', async () => {
    const short = toneWav({ seconds: 2 }).subarray(44);
    const info = await media.probe(
      await file('lie.wav', Buffer.concat([wavHeader(44_100 * 4 * 6 * 3600), short])),
    );
    expect(info.durationMs).toBe(2000);
  });

  test('a Xing header that claims a thousand times as many frames is not believed', async () => {
    const mp3 = await readFile(made('mp3'));
    const at = mp3.indexOf(mp3.includes('Xing') ? 'Xing' : 'Info');
    expect(at).toBeGreaterThan(0);
    mp3.writeUInt32BE(mp3.readUInt32BE(at + 8) * 1000, at + 8);
    const info = await media.probe(await file('lie.mp3', mp3));
    expect(Math.abs(info.durationMs - 3000)).toBeLessThan(100);
  });

  test.each<[string, Buffer | string, string]>([
    ['empty.mp3', '', 'broken'],
    ['text.mp3', 'Procès-verbal de la séance du 3 mai. '.repeat(1000), 'not-audio'],
    ['zeros.wav', Buffer.alloc(100_000), 'not-audio'],
    ['page.mp3', '<!doctype html><html><body>Not found</body></html>', 'not-audio'],
    ['headers-only.wav', wavHeader(0), 'broken'],
    ['ftyp-only.mp4', Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from('ftypisom\0\0\0\0')]), 'broken'],
    ['noise.ogg', Buffer.concat([Buffer.from('OggS'), Buffer.alloc(5000, 0xa5)]), 'broken'],
    ['noise.mkv', Buffer.concat([Buffer.from('1a45dfa3', 'hex'), Buffer.alloc(5000, 0xa5)]), 'broken'],
  ])('%s is refused', async (fileName, content, failure) => {
    await expect(media.probe(await file(fileName, content))).rejects.toMatchObject({
      name: 'MediaError',
      failure,
    });
  });

  test('an M4A without its index is broken', async () => {
    const m4a = await readFile(made('aac'));
    await expect(media.probe(await file('headless.m4a', m4a.subarray(0, 200)))).rejects.toMatchObject({
      failure: 'broken',
    });
  });

  test('a film without sound has none', async () => {
    const silent = join(folder, `${own}-silent.mp4`);
    const picture = ['-f', 'lavfi', '-i', 'color=black:size=32x32:rate=5:duration=1', '-c:v', 'mpeg4'];
    execFileSync(media.info.ffmpegPath, ['-nostdin', '-v', 'error', '-y', ...picture, silent]);
    await expect(media.probe(silent)).rejects.toMatchObject({ failure: 'no-audio-stream' });
  });

  test('a film with sound has both', async () => {
    const film = join(folder, `${own}-film.mp4`);
    const picture = ['-f', 'lavfi', '-i', 'color=black:size=32x32:rate=5:duration=3', '-c:v', 'mpeg4'];
    execFileSync(media.info.ffmpegPath, [
      '-nostdin',
      '-v',
      'error',
      '-y',
      ...picture,
      '-i',
      source,
      '-c:a',
      'aac',
      film,
    ]);
    const info = await media.probe(film);
    expect(info).toMatchObject({
      container: 'mp4',
      mimeType: 'video/mp4',
      codec: 'aac',
      hasVideo: true,
      audioStreamIndex: 1,
    });
    expect(Math.abs(info.durationMs - 3000)).toBeLessThan(50);
  });

  test('scripts and playlists that point elsewhere are hostile, and nothing is asked of where they point', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked++;
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.mp3`;
    const scripts = [
      `#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n`,
      `\ufeff\n #EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${url}\n#EXT-X-ENDLIST\n`,
      `ffconcat version 1.0\nfile '/etc/passwd'\nfile '${url}'\n`,
      `concat:/etc/passwd|${source}`,
      `subfile,,start,0,end,100,,:/etc/passwd\nfile:///etc/passwd`,
      `<?xml version="1.0"?><MPD><Period><BaseURL>${url}</BaseURL></Period></MPD>`,
      `[playlist]\nFile1=${url}\n`,
      `v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 5004 RTP/AVP 0\r\n`,
    ];
    for (const [n, script] of scripts.entries()) {
      const path = await file(`hostile-${n}.mp4`, script);
      await expect(media.probe(path)).rejects.toMatchObject({ name: 'MediaError', failure: 'hostile' });
    }
    expect(asked).toBe(0);
    server.close();
  });
});

describe('limits', () => {
  const [[, media] = []] = tools;
  const context = (run: MediaContext['run']): MediaContext => {
    if (!media) throw new Error('no tools');
    return { info: media.info, run, threads: 1, niceness: 0 };
  };

  test('a pipe is no file: nobody waits at it', async () => {
    const fifo = join(folder, 'fifo.mp3');
    execFileSync('mkfifo', [fifo]);
    await expect(media?.probe(fifo)).rejects.toMatchObject({ failure: 'not-audio' });
  });

  test('a program that hangs is a timeout', async () => {
    const runner = createProcessRunner({ environment: process.env, killGraceMs: 100 });
    const hanging = context((request) =>
      runner.run({ ...request, command: 'sleep', args: ['600'], deadlineMs: 200 }),
    );
    await expect(probe(hanging, source)).rejects.toMatchObject({ failure: 'timeout' });
    expect(runner.running).toBe(0);
  });

  test('a program that answers nonsense is a broken file, not a crash', async () => {
    const runner = createProcessRunner({ environment: process.env });
    for (const nonsense of ['', 'null', '[]', '{"streams":{}}', '{"streams":[]']) {
      const odd = context((request) => runner.run({ ...request, command: 'printf', args: ['%s', nonsense] }));
      await expect(probe(odd, source)).rejects.toMatchObject({ failure: 'broken' });
    }
  });

  test('an abort ends it with its own reason', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'));
    await expect(media?.probe(source, { signal })).rejects.toThrow('cancelled');
  });
});
