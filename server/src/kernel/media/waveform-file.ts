import { type FileReader, openReader } from '../storage/file-reader.ts';
import type { FilePlace } from '../storage/storage.ts';
import { MediaError, type Waveform } from './tools.ts';

/**
 * The file, little endian throughout:
 *
 *   0  audiowaveform `.dat` version 2: int32 version (2), uint32 flags (1: 8 bit), int32 sample rate,
 *      int32 samples per point (10 ms), uint32 points, int32 channels (1)                           24 bytes
 *      then for each point int8 min, int8 max (value / 128)                                       2 × points
 *   +  uint8 rms of each point (value / 255)                                                      1 × points
 *   +  the overview: for each 64 points int8 min, int8 max, uint8 rms                       3 × ceil(points/64)
 *   +  float64 number of decoded samples, then `AWRM`                                               12 bytes
 *
 * Readers of `.dat` take the points that the header announces and stop there, so the whole file may be served
 * as such. The lowest and the highest are those of all channels, the rms is that of their mean power: a stereo file
 * whose sides cancel out still shows. Files made before that were drawn from mono at 8 kHz.
 */
const pointsPerSecond = 100;
/** Points of the finest level under one point of the overview. */
export const pointsPerOverview = 64;
const headerBytes = 24;
const footerBytes = 12;
const footerMagic = 'AWRM';

/** The first 24 bytes, audiowaveform’s own; the rate is a multiple of 100. */
export function waveformHeader(sampleRate: number, points: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeInt32LE(2, 0);
  header.writeUInt32LE(1, 4);
  header.writeInt32LE(sampleRate, 8);
  header.writeInt32LE(sampleRate / pointsPerSecond, 12);
  header.writeUInt32LE(points, 16);
  header.writeInt32LE(1, 20);
  return header;
}

/** The last 12 bytes, which say that the file is whole and ours. */
export function waveformFooter(samples: number): Buffer {
  const footer = Buffer.alloc(footerBytes);
  footer.writeDoubleLE(samples, 0);
  footer.write(footerMagic, 8, 'latin1');
  return footer;
}

/** One level of detail inside the file. */
interface Level {
  count: number;
  minMaxAt: number;
  rmsAt: number;
  /** Bytes from one point's min to the next one's, and from one rms to the next. */
  minMaxStep: number;
  rmsStep: number;
}

interface Layout {
  sampleRate: number;
  samples: number;
  fine: Level;
  overview: Level;
}

/** How many file points a drawn point must span before the overview is fine enough for it. */
const overviewFrom = 4 * pointsPerOverview;
const readBytes = 256 * 1024;

/** Reads a waveform at `points` points, in memory that does not grow with the length of the sound. */
export async function readWaveform(place: FilePlace, points: number): Promise<Waveform> {
  if (!Number.isInteger(points) || points < 1) throw new RangeError(`Not a number of points: ${points}`);
  const file = await openReader(place);
  try {
    const layout = await readLayout(file);
    const { sampleRate, samples, fine, overview } = layout;
    const level = fine.count / points >= overviewFrom ? overview : fine;
    const drawn = await reduce(file, level, Math.min(points, level.count));
    return { ...drawn, sampleRate, durationMs: Math.round((samples / sampleRate) * 1000) };
  } finally {
    await file.close();
  }
}

async function readLayout(file: FileReader): Promise<Layout> {
  const { size } = await file.stat();
  const header = await readAt(file, 0, headerBytes);
  const footer = await readAt(file, Math.max(0, size - footerBytes), footerBytes);
  const isOurs = header.length === headerBytes && footer.toString('latin1', 8) === footerMagic;
  const count = isOurs ? header.readUInt32LE(16) : 0;
  const overviewCount = Math.ceil(count / pointsPerOverview);
  const rmsAt = headerBytes + 2 * count;
  const overviewAt = rmsAt + count;
  if (!isOurs || header.readInt32LE(0) !== 2 || size !== overviewAt + 3 * overviewCount + footerBytes) {
    throw new MediaError('broken', 'The waveform file is damaged');
  }
  return {
    sampleRate: header.readInt32LE(8),
    samples: footer.readDoubleLE(0),
    fine: { count, minMaxAt: headerBytes, minMaxStep: 2, rmsAt, rmsStep: 1 },
    overview: {
      count: overviewCount,
      minMaxAt: overviewAt,
      minMaxStep: 3,
      rmsAt: overviewAt + 2,
      rmsStep: 3,
    },
  };
}

/** Point `i` of `points` covers the file's points from `floor(i·count/points)` to the next one's beginning. */
async function reduce(
  file: FileReader,
  level: Level,
  points: number,
): Promise<Pick<Waveform, 'peaks' | 'rms'>> {
  const peaks: number[] = [];
  const rms: number[] = [];
  const minMax = new Window(file, level.minMaxAt, level.minMaxStep, level.count);
  const loudness = new Window(file, level.rmsAt, level.rmsStep, level.count);
  for (let point = 0; point < points; point++) {
    const begin = Math.floor((point * level.count) / points);
    const end = Math.floor(((point + 1) * level.count) / points);
    let lowest = 127;
    let highest = -128;
    let squares = 0;
    for (let index = begin; index < end; index++) {
      if (!minMax.holds(index)) await minMax.moveTo(index);
      if (!loudness.holds(index)) await loudness.moveTo(index);
      lowest = Math.min(lowest, minMax.int8(index, 0));
      highest = Math.max(highest, minMax.int8(index, 1));
      squares += loudness.uint8(index) ** 2;
    }
    peaks.push(round(lowest / 128), round(highest / 128));
    rms.push(round(Math.sqrt(squares / (end - begin)) / 255));
  }
  return { peaks, rms };
}

/** Some consecutive points of a level in memory. */
class Window {
  readonly #file: FileReader;
  readonly #at: number;
  readonly #step: number;
  readonly #count: number;
  #bytes: Buffer = Buffer.alloc(0);
  #begin = 0;
  #end = 0;

  constructor(file: FileReader, at: number, step: number, count: number) {
    this.#file = file;
    this.#at = at;
    this.#step = step;
    this.#count = count;
  }

  holds(index: number): boolean {
    return index >= this.#begin && index < this.#end;
  }

  async moveTo(index: number): Promise<void> {
    const wanted = Math.min(Math.floor(readBytes / this.#step), this.#count - index);
    this.#bytes = await readAt(this.#file, this.#at + index * this.#step, wanted * this.#step);
    if (this.#bytes.length < wanted * this.#step - (this.#step - 1))
      throw new MediaError('broken', 'The waveform file is cut short');
    this.#begin = index;
    this.#end = index + wanted;
  }

  int8(index: number, byte: number): number {
    return this.#bytes.readInt8((index - this.#begin) * this.#step + byte);
  }

  uint8(index: number): number {
    return this.#bytes.readUInt8((index - this.#begin) * this.#step);
  }
}

async function readAt(file: FileReader, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Three decimals draw any screen, and keep the JSON a third as long. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
