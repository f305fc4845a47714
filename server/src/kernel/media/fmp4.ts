import { openReader } from '../storage/file-reader.ts';
import type { FilePlace } from '../storage/storage.ts';
import { type DurationRun, type M4aIndex, readFrameSizes } from './m4a-index.ts';
import { makeBox, makeFullBox, word } from './mp4-boxes.ts';

const TRACK = 1;
/** Depends on no other frame; a point to begin at (ISO 14496-12 §8.8.3.1). */
const EACH_FRAME_STANDS_ALONE = 0x02000000;
const UNITY_MATRIX = Buffer.from(
  '000100000000000000000000000000000001000000000000000000000000000040000000',
  'hex',
);
const UNDETERMINED_LANGUAGE = 0x55c40000;
/** Bytes of a fragment's head beside its table of frames: moof, mfhd, traf, tfhd, tfdt, trun, mdat. */
const HEAD_BYTES = 8 + 16 + 8 + 16 + 20 + 20 + 8;

/** What a player needs before any fragment: the decoder's setting and the delay that is not to be heard. */
export function makeInitSegment(index: M4aIndex): Buffer {
  const { timescale, primingUnits, sampleDescription } = index;
  const none = (type: string) => makeFullBox(type, 0, 0, 0);
  const samples = makeBox(
    'stbl',
    sampleDescription,
    none('stts'),
    none('stsc'),
    makeFullBox('stsz', 0, 0, 0, 0),
    none('stco'),
  );
  const data = makeBox('dinf', makeFullBox('dref', 0, 0, 1, makeFullBox('url ', 0, 1)));
  const media = makeBox(
    'mdia',
    makeFullBox('mdhd', 0, 0, 0, 0, timescale, 0, UNDETERMINED_LANGUAGE),
    makeFullBox('hdlr', 0, 0, 0, Buffer.from('soun\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1')),
    makeBox('minf', makeFullBox('smhd', 0, 0, 0), data, samples),
  );
  // Length 0: as long as the fragments go on (§8.6.6.1).
  const edit = makeBox('edts', makeFullBox('elst', 0, 0, 1, 0, primingUnits, 0x00010000));
  // Full volume; alternate group 0.
  const soundOnly = Buffer.from('0000000000000000', 'hex');
  const placed = Buffer.concat([soundOnly, Buffer.from('0000000001000000', 'hex'), UNITY_MATRIX]);
  return Buffer.concat([
    makeBox('ftyp', Buffer.from('iso5\0\0\x02\0iso5iso6mp41', 'latin1')),
    makeBox(
      'moov',
      makeFullBox(
        'mvhd',
        0,
        0,
        ...[0, 0, timescale, 0, 0x00010000, 0x01000000, 0, 0],
        UNITY_MATRIX,
        Buffer.alloc(24),
        TRACK + 1,
      ),
      makeBox('trak', makeFullBox('tkhd', 0, 3, 0, 0, TRACK, 0, 0, placed, 0, 0), edit, media),
      makeBox('mvex', makeFullBox('trex', 0, 0, TRACK, 1, usualDuration(index), 0, EACH_FRAME_STANDS_ALONE)),
    ),
  ]);
}

/** Bytes that {@link makeFragmentHead} puts before the frames of segment `i`. */
export function fragmentHeadBytes(index: M4aIndex, i: number): number {
  const first = index.firstFrame[i] ?? 0;
  const count = (index.firstFrame[i + 1] ?? 0) - first;
  return HEAD_BYTES + count * (isEven(index, first, count) ? 4 : 8);
}

/**
 * Everything of segment `i` but its frames, which follow as they lie in the file: `moof` and the header of `mdat`.
 * Time begins at `baseUnits`. Reads the frames' sizes, four bytes each.
 */
export async function makeFragmentHead(
  place: FilePlace,
  index: M4aIndex,
  i: number,
  baseUnits: number,
): Promise<Buffer> {
  const first = index.firstFrame[i] ?? 0;
  const count = (index.firstFrame[i + 1] ?? 0) - first;
  const file = await openReader(place);
  let sizes: Uint32Array;
  try {
    sizes = await readFrameSizes(file, { at: index.sizesAt, frameBytes: index.frameBytes }, first, count);
  } finally {
    await file.close();
  }
  const headBytes = fragmentHeadBytes(index, i);
  const hasDurations = !isEven(index, first, count);
  const rows = frameRows(index, sizes, first, hasDurations);
  const flags = 0x201 + (hasDurations ? 0x100 : 0);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(baseUnits + (index.startUnits[i] ?? 0)));
  const moof = makeBox(
    'moof',
    makeFullBox('mfhd', 0, 0, i + 1),
    makeBox(
      'traf',
      // Offsets count from this moof.
      makeFullBox('tfhd', 0, 0x020000, TRACK),
      makeFullBox('tfdt', 1, 0, time),
      makeFullBox('trun', 0, flags, count, headBytes, rows),
    ),
  );
  const frameBytes = (index.byteOffset[i + 1] ?? 0) - (index.byteOffset[i] ?? 0);
  return Buffer.concat([moof, word(8 + frameBytes), Buffer.from('mdat', 'latin1')]);
}

function frameRows(index: M4aIndex, sizes: Uint32Array, first: number, hasDurations: boolean): Buffer {
  const width = hasDurations ? 8 : 4;
  const rows = Buffer.alloc(sizes.length * width);
  for (const [i, size] of sizes.entries()) {
    if (hasDurations) rows.writeUInt32BE(durationOf(index.durations, first + i), i * width);
    rows.writeUInt32BE(size, i * width + width - 4);
  }
  return rows;
}

/** True when all these frames last as long as most do, so that nothing has to be said about it. */
function isEven({ durations }: M4aIndex, first: number, count: number): boolean {
  return first + count <= (durations[0]?.frames ?? 0);
}

function usualDuration({ durations }: M4aIndex): number {
  return durations[0]?.units ?? 0;
}

function durationOf(durations: readonly DurationRun[], frame: number): number {
  let before = 0;
  for (const { frames, units } of durations) {
    before += frames;
    if (frame < before) return units;
  }
  return 0;
}
