import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findAudioFrames, readAudioFrame } from './mpeg-audio-frame.ts';
import { demuxerOf, sniffContainer } from './sniff-container.ts';
import { id3Tag, testFolder } from './sound.test-kit.ts';
import { MediaError } from './tools.ts';

const folder = await testFolder('sniff');

async function sniff(content: Buffer): Promise<string> {
  const path = join(folder, 'file');
  await writeFile(path, content);
  return sniffContainer(path).then(
    ({ name }) => name,
    (error: unknown) => (error instanceof MediaError ? error.failure : String(error)),
  );
}

/** Frames of 128 kbit/s, 44.1 kHz, layer III: 417 bytes each. */
const mp3Frames = (count: number) =>
  Buffer.concat(
    Array.from({ length: count }, () =>
      Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413)]),
    ),
  );
const adtsFrames = (count: number) =>
  Buffer.concat(
    Array.from({ length: count }, () =>
      Buffer.concat([Buffer.from([0xff, 0xf1, 0x50, 0x80, 0x19, 0x1f, 0xfc]), Buffer.alloc(193)]),
    ),
  );
const transportStream = (step: number, lead: number) => {
  const bytes = Buffer.alloc(step * 6);
  for (let n = 0; n < 6; n++) bytes[lead + n * step] = 0x47;
  return bytes;
};

test.each<[string, Buffer]>([
  ['wav', Buffer.from('RIFF\0\0\0\0WAVEfmt ')],
  ['wav', Buffer.from('RF64\xff\xff\xff\xffWAVEds64', 'latin1')],
  ['avi', Buffer.from('RIFF\0\0\0\0AVI LIST')],
  ['aiff', Buffer.from('FORM\0\0\0\0AIFCFVER')],
  ['flac', Buffer.from('fLaC\0\0\0\x22')],
  ['ogg', Buffer.from('OggS\0\x02')],
  ['mp4', Buffer.from('\0\0\0\x20ftypM4A ')],
  ['mp4', Buffer.from('\0\0\0\x08wide\0\0\0\0mdat')],
  ['matroska', Buffer.from('1a45dfa3a3', 'hex')],
  ['asf', Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex')],
  ['flv', Buffer.from('FLV\x01\x05')],
  ['amr', Buffer.from('#!AMR\n')],
  ['caf', Buffer.from('caff\0\x01')],
  ['mpeg', Buffer.from('000001ba44', 'hex')],
  ['mpegts', transportStream(188, 0)],
  ['mpegts', transportStream(192, 4)],
  ['mp3', mp3Frames(4)],
  ['mp3', Buffer.concat([Buffer.alloc(3000), mp3Frames(4)])],
  ['mp3', Buffer.concat([id3Tag({ TIT2: 'x' }, 300_000), mp3Frames(4)])],
  ['mp3', Buffer.concat([id3Tag({ TIT2: 'x' }), id3Tag({ TIT2: 'y' }), mp3Frames(4)])],
  ['aac', adtsFrames(4)],
  ['aac', Buffer.concat([id3Tag({ TIT2: 'x' }), adtsFrames(4)])],
  ['flac', Buffer.concat([id3Tag({ TIT2: 'x' }), Buffer.from('fLaC\0\0\0\x22')])],
  ['not-audio', mp3Frames(2)],
  ['not-audio', Buffer.from('RIFF\0\0\0\0WEBPVP8 ')],
  ['not-audio', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
  ['not-audio', Buffer.from('PK\x03\x04')],
  ['not-audio', id3Tag({ TIT2: 'nothing behind' })],
  ['not-audio', Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f])],
  ['hostile', Buffer.from('#EXTM3U\n')],
  ['hostile', Buffer.from('\n\n  ffconcat version 1.0')],
  ['broken', Buffer.alloc(0)],
])('%s: %j', async (expected, content) => {
  expect(await sniff(content)).toBe(expected);
});

test('any bytes get a name or a typed refusal', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
      const said = await sniff(Buffer.from(bytes));
      if (!['not-audio', 'hostile', 'broken'].includes(said)) expect(demuxerOf(said)).toBeTruthy();
    }),
    { numRuns: 300 },
  );
});

test('a frame header never sends the search backwards', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (bytes) => {
      const frame = readAudioFrame(bytes, 0);
      if (frame !== null) expect(frame.lengthBytes).toBeGreaterThan(0);
    }),
    { numRuns: 20_000 },
  );
  expect(findAudioFrames(Buffer.alloc(64 * 1024, 0xff))).toBeNull();
});
