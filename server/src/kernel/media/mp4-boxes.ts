import type { FileReader } from '../storage/file-reader.ts';
import { MediaError } from './tools.ts';

/** A box of a file (ISO 14496-12 §4.2): where its content lies. */
export interface BoxPlace {
  type: string;
  /** First byte after the header. */
  start: number;
  end: number;
}

/** More boxes side by side than this is no file of sound. */
const MOST_BOXES = 10_000;

/** The boxes between two offsets of a file, by their headers alone. Throws MediaError `broken`. */
export async function listBoxes(file: FileReader, from: number, to: number): Promise<BoxPlace[]> {
  const boxes: BoxPlace[] = [];
  for (let offset = from; offset + 8 <= to; ) {
    const header = await readExactly(file, offset, Math.min(16, to - offset));
    const short = header.readUInt32BE(0);
    // 1: the size follows in eight bytes; 0: to the end of the file.
    const isLong = short === 1 && header.length === 16;
    const size = isLong ? Number(header.readBigUInt64BE(8)) : short === 0 ? to - offset : short;
    const headerBytes = isLong ? 16 : 8;
    if (size < headerBytes || offset + size > to || boxes.length === MOST_BOXES) throw damaged();
    const type = header.toString('latin1', 4, 8);
    boxes.push({ type, start: offset + headerBytes, end: offset + size });
    offset += size;
  }
  return boxes;
}

/** The one box at the end of a path of names below `inside`; null when a name on the way is missing. */
export async function findBox(
  file: FileReader,
  inside: Pick<BoxPlace, 'start' | 'end'>,
  path: readonly string[],
): Promise<BoxPlace | null> {
  let place: BoxPlace | null = { type: '', ...inside };
  for (const name of path) {
    const boxes: BoxPlace[] = await listBoxes(file, place.start, place.end);
    place = boxes.find(({ type }) => type === name) ?? null;
    if (place === null) return null;
  }
  return place;
}

/** As {@link findBox}, for what has to be there. */
export async function needBox(
  file: FileReader,
  inside: Pick<BoxPlace, 'start' | 'end'>,
  path: readonly string[],
): Promise<BoxPlace> {
  const place = await findBox(file, inside, path);
  if (place === null) throw damaged();
  return place;
}

/** A box's content in memory, when it is no larger than it may be. */
export async function readBox(file: FileReader, box: BoxPlace, mostBytes: number): Promise<Buffer> {
  const size = box.end - box.start;
  if (size > mostBytes) throw damaged();
  return readExactly(file, box.start, size);
}

export async function readExactly(file: FileReader, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
  if (bytesRead < length) throw damaged();
  return buffer;
}

export const damaged = (): MediaError => new MediaError('broken', 'The index of the file is damaged');

/** A box as bytes. */
export function makeBox(type: string, ...content: (Uint8Array | readonly number[])[]): Buffer {
  const parts = content.map((part) => (part instanceof Uint8Array ? part : Uint8Array.from(part)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + parts.reduce((sum, { length }) => sum + length, 0), 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...parts]);
}

/** A box with version and flags (§4.2.2) whose content is 32-bit words, or bytes where they are given. */
export function makeFullBox(
  type: string,
  version: number,
  flags: number,
  ...content: (number | Uint8Array)[]
): Buffer {
  const parts = content.map((part) => (typeof part === 'number' ? word(part) : part));
  return makeBox(type, word(version * 2 ** 24 + flags), ...parts);
}

export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}
