import { type FileReader, openReader } from '../storage/file-reader.ts';
import type { FilePlace } from '../storage/storage.ts';
import { damaged } from './mp4-boxes.ts';
import { type AudioFrame, readAudioFrame } from './mpeg-audio-frame.ts';
import { SegmentCutter, type SegmentIndex } from './segment-index.ts';

/** What packed segments are cut from. */
export interface Mp3Index extends SegmentIndex {
  packaging: 'mp3';
}

const BLOCK_BYTES = 1024 * 1024;
/** More than the longest frame of layer III. */
const MOST_FRAME_BYTES = 2_881;
/** MPEG-4 Audio object type "layer 3": the name that HLS clients know MP3 by. */
const MP3_CODECS = 'mp4a.40.34';
/** A decoder's own delay in samples, which comes on top of what the encoder states. */
const DECODER_DELAY = 529;
const ID3V1_BYTES = 128;
/** Everything but padding, private bit, channel details: frames that agree in it have one length, padding aside. */
const SHAPE_MASK = 0xfffefc00;
const PADDING_BIT = 0x200;

/**
 * Goes from frame header to frame header through an MP3 file, in one block of memory. Tags and the Xing or Info frame
 * are not sound and belong to no segment. Throws MediaError `broken` where frames do not follow one another.
 */
export async function indexMp3(place: FilePlace): Promise<Mp3Index> {
  const file = await openReader(place);
  try {
    const { size } = await file.stat();
    const begin = await readBeginning(file, size);
    const tables = await scan(file, size, begin);
    const { sampleRate, delaySamples } = begin;
    return {
      packaging: 'mp3',
      codecs: MP3_CODECS,
      timescale: sampleRate,
      primingUnits: delaySamples,
      ...tables,
    };
  } catch (error) {
    // An information frame that ends before its fields do.
    throw error instanceof RangeError ? damaged() : error;
  } finally {
    await file.close();
  }
}

interface Beginning {
  /** Of the first frame of sound. */
  offset: number;
  sampleRate: number;
  delaySamples: number;
}

async function readBeginning(file: FileReader, size: number): Promise<Beginning> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(10), 0, 10, 0);
  const offset = bytesRead === 10 ? id3v2Bytes(buffer) : 0;
  const head = Buffer.alloc(Math.min(MOST_FRAME_BYTES, Math.max(0, size - offset)));
  await file.read(head, 0, head.length, offset);
  const frame = readAudioFrame(head, 0);
  if (frame?.kind !== 'mp3') throw damaged();
  const { sampleRate } = frame;
  const tag = readInfoTag(head.subarray(0, frame.lengthBytes));
  return tag === null
    ? { offset, sampleRate, delaySamples: 0 }
    : { offset: offset + frame.lengthBytes, sampleRate, delaySamples: tag.delaySamples };
}

/** The size of an ID3v2 tag with its header (and footer, if any): id3v2.4.0-structure §3.1. */
function id3v2Bytes(head: Buffer): number {
  if (head.toString('latin1', 0, 3) !== 'ID3') return 0;
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + ((head[at] ?? 0) & 0x7f), 0);
  return 10 + size + ((head[5] ?? 0) & 0x10 ? 10 : 0);
}

/** The frame of statistics that encoders write first; null when the frame is sound. */
function readInfoTag(frame: Buffer): { delaySamples: number } | null {
  const at = [36, 21, 13].find((place) => /^(Xing|Info)$/.test(frame.toString('latin1', place, place + 4)));
  if (at === undefined) return null;
  const flags = frame.readUInt32BE(at + 4);
  const delayAt =
    at + 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0) + 21;
  if (delayAt + 3 > frame.length) return { delaySamples: 0 };
  const encoderDelay = frame.readUInt16BE(delayAt) >> 4;
  return { delaySamples: encoderDelay === 0 ? 0 : encoderDelay + DECODER_DELAY };
}

async function scan(file: FileReader, size: number, { offset, sampleRate }: Beginning) {
  const cutter = new SegmentCutter(sampleRate, 0, offset);
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (;;) {
    const from = cutter.offset;
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, from);
    const isLast = from + bytesRead >= size;
    const end = scanBlock(block.subarray(0, bytesRead), cutter, sampleRate);
    if (isLast) {
      if (!isTrailer(block.subarray(end, bytesRead))) throw damaged();
      break;
    }
    if (end === 0) throw damaged();
  }
  if (cutter.frames === 0) throw damaged();
  return cutter.finish();
}

/** Adds the whole frames of a block; answers where they end. */
function scanBlock(block: Buffer, cutter: SegmentCutter, sampleRate: number): number {
  let at = 0;
  let shape = 0;
  let like: Extract<AudioFrame, { kind: 'mp3' }> | null = null;
  let bareBytes = 0;
  while (at + 4 <= block.length) {
    const header = block.readUInt32BE(at);
    if (like === null || (header & SHAPE_MASK) !== shape) {
      const frame = readAudioFrame(block, at);
      if (frame?.kind !== 'mp3' || frame.sampleRate !== sampleRate) return at;
      like = frame;
      shape = header & SHAPE_MASK;
      bareBytes = frame.lengthBytes - (header & PADDING_BIT ? 1 : 0);
    }
    const length = bareBytes + (header & PADDING_BIT ? 1 : 0);
    if (at + length > block.length) return at;
    cutter.add(length, like.samples);
    at += length;
  }
  return at;
}

/** What may come after the last whole frame: nothing, a frame cut short, or tags. */
function isTrailer(rest: Buffer): boolean {
  if (rest.length === 0) return true;
  const name = rest.toString('latin1', 0, 8);
  if (name.startsWith('TAG')) return rest.length <= ID3V1_BYTES;
  if (name === 'APETAGEX' || name.startsWith('LYRICS') || name.startsWith('ID3')) return true;
  const frame = readAudioFrame(rest, 0);
  return rest.length < 4 || (frame?.kind === 'mp3' && frame.lengthBytes > rest.length);
}
