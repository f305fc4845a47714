import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll } from 'vitest';
import { openMediaTools } from './open-media-tools.ts';
import type { MediaTools } from './tools.ts';

/** A WAV of a tone, made by hand: tests need no program to have something to listen to. */
export function toneWav(
  options: { seconds?: number; sampleRate?: number; channels?: number; amplitude?: number } = {},
): Buffer {
  const { seconds = 2, sampleRate = 44_100, channels = 2, amplitude = 0.5 } = options;
  const frames = Math.round(seconds * sampleRate);
  const data = Buffer.alloc(frames * channels * 2);
  for (let frame = 0; frame < frames; frame++) {
    const value = Math.round(Math.sin((2 * Math.PI * 440 * frame) / sampleRate) * amplitude * 32_767);
    for (let channel = 0; channel < channels; channel++)
      data.writeInt16LE(value, (frame * channels + channel) * 2);
  }
  return Buffer.concat([wavHeader(data.length, sampleRate, channels), data]);
}

/** The 44 bytes before 16-bit samples; `dataBytes` may lie. */
export function wavHeader(dataBytes: number, sampleRate = 44_100, channels = 2): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(Math.min(0xffffffff, dataBytes + 36), 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(Math.min(0xffffffff, dataBytes), 40);
  return header;
}

/** An ID3v2.3 tag of text frames (title: TIT2, …) and padding, to put before MP3 frames. */
export function id3Tag(frames: Record<string, string>, paddingBytes = 0): Buffer {
  const body = Object.entries(frames).map(([id, text]) => {
    const content = Buffer.concat([Buffer.from([1, 0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const head = Buffer.alloc(10);
    head.write(id, 0, 'latin1');
    head.writeUInt32BE(content.length, 4);
    return Buffer.concat([head, content]);
  });
  const size = body.reduce((sum, frame) => sum + frame.length, 0) + paddingBytes;
  const head = Buffer.from([
    0x49,
    0x44,
    0x33,
    3,
    0,
    0,
    (size >> 21) & 127,
    (size >> 14) & 127,
    (size >> 7) & 127,
    size & 127,
  ]);
  return Buffer.concat([head, ...body, Buffer.alloc(paddingBytes)]);
}

/** A folder of the test file's own, gone afterwards. */
export async function testFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * The tools on this machine and the ones that npm brought, which are years older: both must do. On a machine
 * without its own the two are the same.
 */
export async function bothTools(folder: string): Promise<[string, MediaTools][]> {
  const open = (name: string, path: string | undefined) =>
    openMediaTools(
      {
        environment: 'development',
        dataDir: join(folder, name),
        ffmpegPath: null,
        ffmpegThreads: 1,
        ffmpegAllowOld: true,
      },
      { warn: () => undefined },
      { ...process.env, PATH: path },
    );
  const own = await open('own', process.env.PATH);
  const bundled = await open('bundled', await pathWith(join(folder, 'bin'), ['nice', 'setpriv']));
  afterAll(async () => {
    await own.stop();
    await bundled.stop();
  });
  return [
    [`ffmpeg ${own.info.version}`, own],
    [`bundled ffmpeg ${bundled.info.version}`, bundled],
  ];
}

/** A PATH of one folder that holds only these programs of the real one. */
async function pathWith(folder: string, programs: string[]): Promise<string> {
  await mkdir(folder);
  for (const program of programs) {
    const found = (process.env.PATH ?? '')
      .split(delimiter)
      .map((entry) => join(entry, program))
      .find(existsSync);
    if (found !== undefined) await symlink(found, join(folder, program));
  }
  return folder;
}
