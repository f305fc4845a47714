import { type FileReader, openReader } from '../storage/file-reader.ts';
import type { FilePlace } from '../storage/storage.ts';
import { type BoxPlace, damaged, findBox, needBox, readBox, readExactly } from './mp4-boxes.ts';
import { SegmentCutter, type SegmentIndex } from './segment-index.ts';

/** A stretch of frames of equal length. */
export interface DurationRun {
  frames: number;
  units: number;
}

/** What fragments of an M4A file are made from; frame sizes stay in the file. */
export interface M4aIndex extends SegmentIndex {
  packaging: 'fmp4';
  /** The file's own `stsd` box, header included: how to decode. */
  sampleDescription: Buffer;
  durations: readonly DurationRun[];
  /** Where the table of frame sizes lies, four bytes each; null when all frames are `frameBytes` long. */
  sizesAt: number | null;
  frameBytes: number;
}

const MOST_DESCRIPTION_BYTES = 65_536;
/** Lengths of frames, frames per chunk, places of chunks: far more than an M4A of a day has. */
const MOST_TABLE_BYTES = 8 * 1024 * 1024;
const SIZES_AT_ONCE = 65_536;

/**
 * Reads the sample table of an M4A file with one track: only headers and tables, in memory that grows with the number
 * of segments. Throws MediaError `broken` for a file whose sound is not one piece in order.
 */
export async function indexM4a(place: FilePlace): Promise<M4aIndex> {
  const file = await openReader(place);
  try {
    const { size } = await file.stat();
    const track = await needBox(file, { start: 0, end: size }, ['moov', 'trak']);
    const media = await needBox(file, track, ['mdia']);
    const table = await needBox(file, media, ['minf', 'stbl']);
    const timescale = await readTimescale(file, media);
    const primingUnits = await readPriming(file, track);
    const description = await readBox(file, await needBox(file, table, ['stsd']), MOST_DESCRIPTION_BYTES);
    const durations = await readDurations(file, table);
    const sizes = await readSizes(file, table);
    const tables = await cut(file, table, { timescale, primingUnits, durations, sizes, fileBytes: size });
    return {
      packaging: 'fmp4',
      codecs: codecsOf(description),
      timescale,
      primingUnits,
      ...tables,
      sampleDescription: withHeader('stsd', description),
      durations,
      sizesAt: sizes.at,
      frameBytes: sizes.frameBytes,
    };
  } catch (error) {
    // A table that says it is longer than it is.
    throw error instanceof RangeError ? damaged() : error;
  } finally {
    await file.close();
  }
}

async function readTimescale(file: FileReader, media: BoxPlace): Promise<number> {
  const header = await readBox(file, await needBox(file, media, ['mdhd']), 64);
  const timescale = header.readUInt32BE(header[0] === 1 ? 20 : 12);
  if (timescale < 8000 || timescale > 192_000) throw damaged();
  return timescale;
}

/** The media time at which the (only) edit begins: encoder delay that is decoded and not heard. */
async function readPriming(file: FileReader, track: BoxPlace): Promise<number> {
  const place = await findBox(file, track, ['edts', 'elst']);
  if (place === null) return 0;
  const list = await readBox(file, place, 1024);
  const isLong = list[0] === 1;
  if (list.readUInt32BE(4) !== 1) throw damaged();
  const mediaTime = isLong ? Number(list.readBigInt64BE(16)) : list.readInt32BE(12);
  if (mediaTime < 0 || mediaTime > 65_536) throw damaged();
  return mediaTime;
}

async function readDurations(file: FileReader, table: BoxPlace): Promise<DurationRun[]> {
  const box = await readBox(file, await needBox(file, table, ['stts']), 65_536);
  const runs: DurationRun[] = [];
  for (let at = 8; at < 8 + 8 * box.readUInt32BE(4); at += 8) {
    runs.push({ frames: box.readUInt32BE(at), units: box.readUInt32BE(at + 4) });
  }
  return runs;
}

interface SizeTable {
  count: number;
  /** Null when every frame has `frameBytes`. */
  at: number | null;
  frameBytes: number;
}

async function readSizes(file: FileReader, table: BoxPlace): Promise<SizeTable> {
  const place = await needBox(file, table, ['stsz']);
  const head = await readExactly(file, place.start, 12);
  const [frameBytes, count] = [head.readUInt32BE(4), head.readUInt32BE(8)];
  if (frameBytes === 0 && place.start + 12 + 4 * count > place.end) throw damaged();
  return { count, at: frameBytes === 0 ? place.start + 12 : null, frameBytes };
}

interface Facts {
  timescale: number;
  primingUnits: number;
  durations: readonly DurationRun[];
  sizes: SizeTable;
  fileBytes: number;
}

/** Goes over all frames once. Chunks must follow one another without a gap: then a segment is one stretch of bytes. */
async function cut(file: FileReader, table: BoxPlace, facts: Facts) {
  const { timescale, primingUnits, durations, sizes, fileBytes } = facts;
  const chunks = await readChunks(file, table);
  const cutter = new SegmentCutter(timescale, primingUnits, chunks.offsetOf(0));
  let [chunk, leftInChunk] = [0, chunks.framesIn(0)];
  let [run, leftInRun] = [0, durations[0]?.frames ?? 0];
  for (let first = 0; first < sizes.count; first += SIZES_AT_ONCE) {
    const block = await readFrameSizes(file, sizes, first, Math.min(SIZES_AT_ONCE, sizes.count - first));
    for (const size of block) {
      while (leftInChunk === 0) {
        chunk++;
        if (chunks.offsetOf(chunk) !== cutter.offset) throw damaged();
        leftInChunk = chunks.framesIn(chunk);
      }
      while (leftInRun === 0) {
        run++;
        leftInRun = durations[run]?.frames ?? Number.NaN;
      }
      const units = durations[run]?.units;
      if (units === undefined) throw damaged();
      cutter.add(size, units);
      leftInChunk--;
      leftInRun--;
    }
    if (cutter.offset > fileBytes) throw damaged();
  }
  if (cutter.frames === 0) throw damaged();
  return cutter.finish();
}

/** Sizes of `count` frames from `first` on. */
export async function readFrameSizes(
  file: FileReader,
  { at, frameBytes }: Pick<SizeTable, 'at' | 'frameBytes'>,
  first: number,
  count: number,
): Promise<Uint32Array> {
  if (at === null) return new Uint32Array(count).fill(frameBytes);
  const bytes = await readExactly(file, at + 4 * first, 4 * count);
  // The file is big endian, typed arrays are not.
  const sizes = new Uint32Array(count);
  for (let i = 0; i < count; i++) sizes[i] = bytes.readUInt32BE(4 * i);
  return sizes;
}

async function readChunks(file: FileReader, table: BoxPlace) {
  const long = await findBox(file, table, ['co64']);
  const offsets = await readBox(file, long ?? (await needBox(file, table, ['stco'])), MOST_TABLE_BYTES);
  const groups = await readBox(file, await needBox(file, table, ['stsc']), MOST_TABLE_BYTES);
  const count = offsets.readUInt32BE(4);
  const groupCount = groups.readUInt32BE(4);
  if (offsets.length < 8 + count * (long ? 8 : 4) || groups.length < 8 + groupCount * 12) throw damaged();
  let group = 0;
  return {
    offsetOf: (chunk: number): number => {
      if (chunk >= count) throw damaged();
      return long ? Number(offsets.readBigUInt64BE(8 + 8 * chunk)) : offsets.readUInt32BE(8 + 4 * chunk);
    },
    /** Asked in order. `first_chunk` of a group counts from one (§8.7.4). */
    framesIn: (chunk: number): number => {
      while (group + 1 < groupCount && groups.readUInt32BE(8 + 12 * (group + 1)) <= chunk + 1) group++;
      if (groupCount === 0) throw damaged();
      return groups.readUInt32BE(8 + 12 * group + 4);
    },
  };
}

function withHeader(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}

const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;
const DECODER_SPECIFIC = 5;
const MPEG4_AUDIO = 0x40;

/** RFC 6381 §3.3 from the `esds` box (ISO 14496-1 §7.2.6, 14496-3 §1.6.2.1). */
function codecsOf(description: Buffer): string {
  const esds = description.indexOf('esds', 0, 'latin1');
  if (esds === -1) throw damaged();
  // After the name: version and flags.
  let at = esds + 8;
  const enter = (tag: number) => {
    if (description[at] !== tag) throw damaged();
    at++;
    // The length takes one to four bytes, of which all but the last have the top bit.
    while (((description[at] ?? 0) & 0x80) !== 0) at++;
    at++;
  };
  enter(ES_DESCRIPTOR);
  at += 3;
  enter(DECODER_CONFIG);
  const objectType = description[at] ?? 0;
  if (objectType !== MPEG4_AUDIO) return `mp4a.${objectType.toString(16).padStart(2, '0').toUpperCase()}`;
  at += 13;
  enter(DECODER_SPECIFIC);
  const audioObject = (description[at] ?? 0) >> 3;
  if (audioObject === 0 || audioObject === 31) throw damaged();
  return `mp4a.40.${audioObject}`;
}
