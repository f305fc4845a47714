import { crc32, deflateSync } from 'node:zlib';
import { type SpectrogramColumns, spectrogramRows } from './spectrogram-columns.ts';

/** From the loudest place of the picture down to black. */
const rangeDb = 90;
/** What is loudest is never taken to be quieter than this, else silence would show its noise in bright colours. */
const quietestTopDb = -60;

/** A few colours of growing brightness (black, violet, red, orange, pale yellow), between which the palette runs. */
const stops = [
  [0, 0, 4],
  [60, 9, 101],
  [140, 41, 129],
  [222, 73, 104],
  [254, 159, 109],
  [252, 253, 191],
] as const;

/**
 * The picture of a sound: time from left to right, frequency from 0 at the bottom to half the sample rate at the top,
 * equal distances for equal hertz, 256 rows, at most 1,600 columns. An 8-bit PNG with a palette.
 */
export function spectrogramPng(columns: SpectrogramColumns): Uint8Array {
  const powers = columns.finish();
  const width = Math.max(1, columns.count);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(spectrogramRows, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', palette()),
    chunk('IDAT', deflateSync(pixels(powers, columns.count, width), { level: 6 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Rows from the top, each after a byte that says "no filter". */
function pixels(powers: Float32Array, count: number, width: number): Buffer {
  const top = Math.max(highestDb(powers), quietestTopDb);
  const bytes = Buffer.alloc((width + 1) * spectrogramRows);
  for (let column = 0; column < count; column++) {
    for (let row = 0; row < spectrogramRows; row++) {
      const db = 10 * Math.log10(powers[column * spectrogramRows + row] ?? 0);
      const shade = Math.round((1 - (top - db) / rangeDb) * 255);
      bytes[(spectrogramRows - 1 - row) * (width + 1) + 1 + column] = Math.min(255, Math.max(0, shade));
    }
  }
  return bytes;
}

function highestDb(powers: Float32Array): number {
  let highest = 0;
  for (const power of powers) if (power > highest) highest = power;
  return 10 * Math.log10(highest);
}

function palette(): Buffer {
  const colours = Buffer.alloc(256 * 3);
  for (let shade = 0; shade < 256; shade++) {
    const place = (shade / 255) * (stops.length - 1);
    const from = stops[Math.min(stops.length - 2, Math.floor(place))] ?? stops[0];
    const to = stops[Math.min(stops.length - 1, Math.floor(place) + 1)] ?? stops[0];
    const part = place - Math.min(stops.length - 2, Math.floor(place));
    for (const at of [0, 1, 2] as const) {
      colours[shade * 3 + at] = Math.round(from[at] + (to[at] - from[at]) * part);
    }
  }
  return colours;
}

/** Length, name, content, and a checksum over name and content (PNG §5.3). */
function chunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(content.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
