import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How a stream of a tone is cut; all by the real ffmpeg. */
const RECIPES = {
  'hls-ts': ['-c:a', 'aac', '-f', 'hls', '-hls_time', '1', '-hls_playlist_type', 'vod', 'list.m3u8'],
  'hls-encrypted': [
    ...['-c:a', 'aac', '-f', 'hls', '-hls_time', '1', '-hls_playlist_type', 'vod'],
    ...['-hls_key_info_file', 'key-info', 'list.m3u8'],
  ],
  'hls-ranges': [
    ...[
      '-c:a',
      'aac',
      '-f',
      'hls',
      '-hls_time',
      '1',
      '-hls_playlist_type',
      'vod',
      '-hls_segment_type',
      'fmp4',
    ],
    ...['-hls_flags', 'single_file', 'list.m3u8'],
  ],
  dash: ['-c:a', 'aac', '-f', 'dash', '-seg_duration', '1', '-use_timeline', '1', 'list.mpd'],
  'dash-file': ['-c:a', 'aac', '-f', 'dash', '-seg_duration', '1', '-single_file', '1', 'list.mpd'],
} as const;

/** A name of a recipe. */
export type StreamName = keyof typeof RECIPES;

/** The files of a stream of so many seconds, by their path below `folder`; the list is `list.m3u8` or `list.mpd`. */
export async function sampleStream(
  name: StreamName,
  folder: string,
  { seconds = 3, frequency = 440 }: { seconds?: number; frequency?: number } = {},
): Promise<Record<string, Buffer>> {
  const place = await mkdtemp(path.join(tmpdir(), 'antenne-stream-'));
  try {
    await writeFile(path.join(place, 'stream.key'), '0123456789abcdef');
    await writeFile(path.join(place, 'key-info'), `stream.key\n${place}/stream.key\n`);
    const tone = `sine=frequency=${frequency}:sample_rate=44100:duration=${seconds}`;
    await run('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', tone, ...RECIPES[name]], {
      cwd: place,
    });
    const files: Record<string, Buffer> = {};
    for (const file of await readdir(place)) {
      if (file !== 'key-info') files[`${folder}/${file}`] = await readFile(path.join(place, file));
    }
    return files;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
