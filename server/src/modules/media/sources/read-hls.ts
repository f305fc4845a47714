import { readAttributes } from './hls-attributes.ts';
import {
  type ByteStretch,
  longestMs,
  mostSegments,
  type Segment,
  type SegmentedSound,
  type SegmentKey,
  type SegmentRun,
} from './segmented-sound.ts';
import { badPlaylist, liveStream, protectedStream } from './source-fault.ts';
import { webAddress } from './web-address.ts';

/** Lines without which a list is a master: those of segments. */
export const isMaster = (text: string): boolean => /^#EXT-X-STREAM-INF:/m.test(text);

interface Reading {
  base: string;
  runs: SegmentRun[];
  durationMs: number;
  count: number;
  sequence: number;
  key: { address: string; iv: Buffer | null } | null;
  init: Segment | null;
  /** Where the next stretch of the same file begins when it does not say. */
  nextStart: { address: string; at: number } | null;
  stretch: string | null;
  isGap: boolean;
  isNewRun: boolean;
}

/** Reads a media playlist (RFC 8216). Throws SourceFault for what is live, protected or hostile. */
export function readHls(text: string, base: string): SegmentedSound {
  const isEnded = /^#EXT-X-ENDLIST/m.test(text) || /^#EXT-X-PLAYLIST-TYPE:\s*VOD/m.test(text);
  if (!isEnded) throw liveStream();
  const reading: Reading = {
    base,
    runs: [],
    durationMs: 0,
    count: 0,
    sequence: 0,
    key: null,
    init: null,
    nextStart: null,
    stretch: null,
    isGap: false,
    isNewRun: true,
  };
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line.startsWith('#')) readTag(reading, line);
    else if (line !== '') addSegment(reading, line);
  }
  const runs = reading.runs.filter(({ segments }) => segments.length > 0);
  if (runs.length === 0) throw badPlaylist('it names no segment');
  return { via: 'hls', runs, durationMs: Math.round(reading.durationMs) };
}

function readTag(reading: Reading, line: string): void {
  const [name = '', ...rest] = line.split(':');
  const value = rest.join(':');
  if (name === '#EXTINF') addDuration(reading, value);
  else if (name === '#EXT-X-MEDIA-SEQUENCE') reading.sequence = wholeNumber(value) ?? 0;
  else if (name === '#EXT-X-KEY') reading.key = readKey(reading, value);
  else if (name === '#EXT-X-MAP') reading.init = readMap(reading, value);
  else if (name === '#EXT-X-BYTERANGE') reading.stretch = value;
  else if (name === '#EXT-X-GAP') reading.isGap = true;
  else if (name === '#EXT-X-DISCONTINUITY') reading.isNewRun = true;
}

function addDuration(reading: Reading, value: string): void {
  const seconds = Number.parseFloat(value);
  if (!(seconds >= 0)) throw badPlaylist('a segment has no length');
  reading.durationMs += seconds * 1000;
  if (reading.durationMs > longestMs) throw badPlaylist('it claims to be longer than a week');
}

function addSegment(reading: Reading, reference: string): void {
  const { sequence, isGap } = reading;
  reading.sequence += 1;
  if (++reading.count > mostSegments) throw badPlaylist(`it has more than ${mostSegments} segments`);
  const address = referred(reading, reference);
  const stretch = takeStretch(reading, address);
  reading.isGap = false;
  if (isGap) return;
  let run = reading.runs.at(-1);
  if (run === undefined || reading.isNewRun) {
    run = { init: reading.init, segments: [] };
    reading.runs.push(run);
    reading.isNewRun = false;
  }
  run.segments.push({ address, stretch, key: keyOf(reading, sequence) });
}

/** Whole and of the web; `file:`, `data:` and the like make the whole list suspect. */
function referred({ base }: Reading, reference: string): string {
  const address = webAddress(reference, base);
  if (address === null) throw badPlaylist('it points to something that is not on the web');
  return address;
}

/** `length[@start]`; without a start it goes on behind the one before (§4.3.2.2). */
function takeStretch(reading: Reading, address: string): ByteStretch | null {
  const { stretch, nextStart } = reading;
  reading.stretch = null;
  if (stretch === null) return null;
  const found = readStretch(stretch);
  const start = found.start ?? (nextStart?.address === address ? nextStart.at : 0);
  reading.nextStart = { address, at: start + found.length };
  return { start, length: found.length };
}

function readStretch(text: string): { length: number; start: number | null } {
  const [length = null, start = null] = text.replace(/"/g, '').split('@').map(wholeNumber);
  if (length === null || length === 0) throw badPlaylist('a byte range cannot be read');
  return { length, start };
}

function readKey(reading: Reading, list: string): Reading['key'] {
  const found = readAttributes(list);
  const method = found.get('METHOD');
  if (method === 'NONE') return null;
  const format = found.get('KEYFORMAT') ?? 'identity';
  if (method !== 'AES-128' || format !== 'identity') throw protectedStream();
  const address = referred(reading, found.get('URI') ?? '');
  const iv = /^0x([0-9a-f]{1,32})$/i.exec(found.get('IV') ?? '')?.[1];
  return { address, iv: iv === undefined ? null : Buffer.from(iv.padStart(32, '0'), 'hex') };
}

/** Without an IV of its own a segment's number is it (§5.2). */
function keyOf({ key }: Reading, sequence: number): SegmentKey | null {
  if (key === null) return null;
  if (key.iv !== null) return { address: key.address, iv: key.iv };
  const iv = Buffer.alloc(16);
  iv.writeBigUInt64BE(BigInt(sequence), 8);
  return { address: key.address, iv };
}

/** A new beginning of fMP4 files: what follows is decoded by itself. */
function readMap(reading: Reading, list: string): Segment {
  const found = readAttributes(list);
  const address = referred(reading, found.get('URI') ?? '');
  const range = found.get('BYTERANGE');
  const read = range === undefined ? null : readStretch(range);
  const stretch = read === null ? null : { length: read.length, start: read.start ?? 0 };
  if (reading.key !== null && reading.key.iv === null) throw badPlaylist('an encrypted header has no IV');
  const init = { address, stretch, key: keyOf(reading, 0) };
  if (JSON.stringify(init) !== JSON.stringify(reading.init)) reading.isNewRun = true;
  return init;
}

function wholeNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text.trim()) ? Number(text) : null;
}
