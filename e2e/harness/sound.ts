import { execFile } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { partPath } from './parts.ts';

const run = promisify(execFile);

/** A video of speech: a voice over a moving picture, as a broadcaster's site serves it. */
export async function makeSpokenMp4(folder: string, text: string): Promise<string> {
  const wav = path.join(folder, 'speech.wav');
  const mp4 = path.join(folder, 'speech.mp4');
  await run(partPath('espeak'), ['-v', 'fr', '-s', '140', '-w', wav, text]);
  await run(partPath('ffmpeg'), [
    ...['-y', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10', '-i', wav],
    ...['-c:v', 'mpeg4', '-c:a', 'aac', '-b:a', '128k', '-shortest', '-movflags', '+faststart', mp4],
  ]);
  return mp4;
}

/** A tone of so many seconds as MP3, without any part but ffmpeg. */
export async function makeTone(
  folder: string,
  seconds: number,
  name = `tone-${seconds}.mp3`,
): Promise<string> {
  const file = path.join(folder, name);
  await run(partPath('ffmpeg'), [
    ...['-y', '-v', 'error', '-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}:sample_rate=44100`],
    ...['-c:a', 'libmp3lame', '-b:a', '128k', file],
  ]);
  return file;
}

/**
 * Half a minute with all that can be found in it: pushed over full scale from second 2, silent from 8 to 16, without its
 * left side from 20, in three chapters.
 */
export async function makeFaultySound(folder: string): Promise<string> {
  const file = path.join(folder, 'faulty.mp3');
  const chapters = path.join(folder, 'chapters.txt');
  const parts: [number, number, string][] = [
    [0, 8, 'Ouverture'],
    [8, 20, 'La qualité de l’eau'],
    [20, 30, 'Les cantines'],
  ];
  const written = parts.map(
    ([from, to, title]) => `[CHAPTER]\nTIMEBASE=1/1\nSTART=${from}\nEND=${to}\ntitle=${title}\n`,
  );
  await writeFile(chapters, `;FFMETADATA1\nartist=Radio Valmont\n${written.join('')}`);
  const right = 'if(between(t,8,16),0,if(between(t,2,4),3,0.2)*sin(880*t+9*sin(3*t)))';
  const sound = `aevalsrc='if(gte(t,20),0,${right})|${right}':d=30:s=44100`;
  await run(partPath('ffmpeg'), [
    ...['-y', '-v', 'error', '-f', 'lavfi', '-i', sound, '-i', chapters, '-map_metadata', '1'],
    ...['-sample_fmt', 's16p', '-c:a', 'libmp3lame', '-b:a', '192k', file],
  ]);
  return file;
}

/** Serves one folder over HTTP on loopback with Range, as any web server does. */
export async function serveFolder(
  folder: string,
): Promise<{ base: string; requests: string[]; close(): Promise<void> }> {
  const requests: string[] = [];
  const server: Server = createServer((request, reply) => {
    const name = path.basename(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/'));
    requests.push(`${request.method} ${name} ${request.headers.range ?? ''}`);
    const file = path.join(folder, name);
    const size = statSync(file, { throwIfNoEntry: false })?.size;
    if (size === undefined) return void reply.writeHead(404).end();
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const start = range ? Number(range[1]) : 0;
    const end = range?.[2] ? Number(range[2]) : size - 1;
    reply.writeHead(range ? 206 : 200, {
      'content-type': name.endsWith('.mp4') ? 'video/mp4' : 'audio/mpeg',
      'content-length': end - start + 1,
      'accept-ranges': 'bytes',
      etag: `"${size}"`,
      ...(range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
    });
    if (request.method === 'HEAD') return void reply.end();
    createReadStream(file, { start, end })
      .on('error', () => reply.destroy())
      .pipe(reply);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return {
    base: `http://127.0.0.1:${address.port}`,
    requests,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
