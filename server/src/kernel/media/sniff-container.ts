import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { findAudioFrames } from './mpeg-audio-frame.ts';
import { MediaError } from './tools.ts';

/** A container that we let ffmpeg open: always with exactly this demuxer, never with one that it guesses. */
export interface Container {
  name: string;
  demuxer: string;
  mimeType: string;
  /** States its length in samples or ticks, so that a look at its end is enough to believe it. */
  hasExactDuration: boolean;
}

const containers = {
  wav: { name: 'wav', demuxer: 'wav', mimeType: 'audio/wav', hasExactDuration: true },
  w64: { name: 'w64', demuxer: 'w64', mimeType: 'audio/x-w64', hasExactDuration: true },
  aiff: { name: 'aiff', demuxer: 'aiff', mimeType: 'audio/aiff', hasExactDuration: true },
  caf: { name: 'caf', demuxer: 'caf', mimeType: 'audio/x-caf', hasExactDuration: true },
  au: { name: 'au', demuxer: 'au', mimeType: 'audio/basic', hasExactDuration: false },
  flac: { name: 'flac', demuxer: 'flac', mimeType: 'audio/flac', hasExactDuration: true },
  mp3: { name: 'mp3', demuxer: 'mp3', mimeType: 'audio/mpeg', hasExactDuration: false },
  aac: { name: 'aac', demuxer: 'aac', mimeType: 'audio/aac', hasExactDuration: false },
  ogg: { name: 'ogg', demuxer: 'ogg', mimeType: 'audio/ogg', hasExactDuration: false },
  mp4: { name: 'mp4', demuxer: 'mov', mimeType: 'audio/mp4', hasExactDuration: true },
  matroska: { name: 'matroska', demuxer: 'matroska', mimeType: 'audio/x-matroska', hasExactDuration: true },
  avi: { name: 'avi', demuxer: 'avi', mimeType: 'video/x-msvideo', hasExactDuration: false },
  asf: { name: 'asf', demuxer: 'asf', mimeType: 'audio/x-ms-wma', hasExactDuration: false },
  flv: { name: 'flv', demuxer: 'flv', mimeType: 'video/x-flv', hasExactDuration: false },
  mpegts: { name: 'mpegts', demuxer: 'mpegts', mimeType: 'video/mp2t', hasExactDuration: false },
  mpeg: { name: 'mpeg', demuxer: 'mpeg', mimeType: 'video/mpeg', hasExactDuration: false },
  amr: { name: 'amr', demuxer: 'amr', mimeType: 'audio/amr', hasExactDuration: false },
  ac3: { name: 'ac3', demuxer: 'ac3', mimeType: 'audio/ac3', hasExactDuration: false },
  wavpack: { name: 'wavpack', demuxer: 'wv', mimeType: 'audio/x-wavpack', hasExactDuration: false },
  ape: { name: 'ape', demuxer: 'ape', mimeType: 'audio/x-ape', hasExactDuration: false },
} as const satisfies Record<string, Container>;

type ContainerName = keyof typeof containers;

/** The demuxer of a container that `sniffContainer` named. */
export function demuxerOf(name: string): string {
  const found = Object.values(containers).find((container) => container.name === name);
  if (!found) throw new MediaError('not-audio', `${name} is no container that we open`);
  return found.demuxer;
}

/** How much of a file decides; frames of MP3 may hide behind junk. */
const headBytes = 64 * 1024;
/** An ID3v2 tag with cover art may be megabytes; more than this is no tag. */
const longestTagBytes = 64 * 1024 * 1024;

/**
 * The container of a local file, by its content. Throws MediaError: `hostile` for playlists and scripts that
 * name other files, `not-audio` for everything that we don't know, `broken` for an empty file.
 */
export async function sniffContainer(path: string): Promise<Container> {
  // Without O_NONBLOCK, opening a pipe would wait for a writer, in a thread that nothing can interrupt.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new MediaError('not-audio', 'This is not a file');
    if (found.size === 0) throw new MediaError('broken', 'The file is empty');
    const name = await recognise(file);
    if (name === null) throw new MediaError('not-audio', 'This is not an audio or video file that we know');
    return containers[name];
  } finally {
    await file.close();
  }
}

async function recognise(file: FileHandle): Promise<ContainerName | null> {
  const head = await readAt(file, 0);
  if (head.toString('latin1', 0, 3) === 'ID3') return behindTag(file, head);
  const named = byMagic(head);
  if (named !== null) return named;
  assertNoPlaylist(head);
  return findAudioFrames(head);
}

/** ID3v2 stands before MP3, and in the wild before AAC, FLAC and WAV too; several may follow one another. */
async function behindTag(file: FileHandle, head: Buffer): Promise<ContainerName | null> {
  let offset = 0;
  let here = head;
  while (here.toString('latin1', 0, 3) === 'ID3') {
    offset += tagLength(here);
    if (offset > longestTagBytes) return null;
    here = await readAt(file, offset);
  }
  return byMagic(here) ?? findAudioFrames(here);
}

/** ID3v2 §3.1: four bytes of seven bits, the header itself, and perhaps a footer. */
function tagLength(head: Buffer): number {
  const [a = 0, b = 0, c = 0, d = 0] = head.subarray(6, 10);
  const size = ((a & 127) << 21) | ((b & 127) << 14) | ((c & 127) << 7) | (d & 127);
  return 10 + size + (((head[5] ?? 0) & 0x10) === 0 ? 0 : 10);
}

function byMagic(head: Buffer): ContainerName | null {
  const text = (start: number, end: number) => head.toString('latin1', start, end);
  const first = text(0, 4);
  if (['RIFF', 'RF64', 'BW64'].includes(first))
    return text(8, 12) === 'WAVE' ? 'wav' : text(8, 12) === 'AVI ' ? 'avi' : null;
  if (first === 'riff') return 'w64';
  if (first === 'FORM') return ['AIFF', 'AIFC'].includes(text(8, 12)) ? 'aiff' : null;
  if (['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot'].includes(text(4, 8))) return 'mp4';
  if (text(0, 3) === 'FLV') return 'flv';
  if (text(0, 5) === '#!AMR') return 'amr';
  return (
    magics.find(([hex]) => head.toString('hex', 0, hex.length / 2) === hex)?.[1] ??
    (isTransportStream(head) ? 'mpegts' : null)
  );
}

const magics: [string, ContainerName][] = [
  ['664c6143', 'flac'], // fLaC
  ['4f676753', 'ogg'], // OggS
  ['1a45dfa3', 'matroska'], // EBML
  ['63616666', 'caf'], // caff
  ['2e736e64', 'au'], // .snd
  ['7776706b', 'wavpack'], // wvpk
  ['4d414320', 'ape'], // MAC
  ['0b77', 'ac3'],
  ['3026b2758e66cf11', 'asf'],
  ['000001ba', 'mpeg'], // program stream pack
];

/** Packets of 188 bytes, or 192 with a time code before each (Blu-ray), every one beginning with 0x47. */
function isTransportStream(head: Buffer): boolean {
  const fits = (start: number, step: number) =>
    head.length > start + 4 * step && [0, 1, 2, 3, 4].every((n) => head[start + n * step] === 0x47);
  return fits(0, 188) || fits(4, 192);
}

/** Texts that players follow to other files and hosts: ffmpeg would read /etc/passwd for whoever wrote them. */
function assertNoPlaylist(head: Buffer): void {
  const text = head
    .subarray(0, 2048)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  const names = /^(#EXTM3U|ffconcat\b|\[playlist\]|<asx\b|<smil\b|<\?xml|<MPD\b|v=0\r?\n|RTSPtext)/i;
  if (
    names.test(text) ||
    /^(?:[^\n]*\n){0,20}\s*(?:file|https?|rtmp|rtsp|concat|subfile|data):/i.test(text)
  ) {
    throw new MediaError('hostile', 'This is a playlist or script that points elsewhere, not a recording');
  }
}

async function readAt(file: FileHandle, position: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, position);
  return buffer.subarray(0, bytesRead);
}
