/** One MPEG audio (layer I–III) or ADTS AAC frame header, enough to find the next one; `samples` of each channel. */
export type AudioFrame =
  | { kind: 'aac'; lengthBytes: number }
  | { kind: 'mp3'; lengthBytes: number; sampleRate: number; samples: number };

const kbps = {
  mpeg1: {
    1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  mpeg2: {
    1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    2: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    3: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
} as const;
const mpeg1Rates = [44_100, 48_000, 32_000] as const;

/** Reads the header at `offset` (ISO 11172-3 §2.4.1.3, ISO 13818-7 §6.2), or null when there is none. */
export function readAudioFrame(bytes: Uint8Array, offset: number): AudioFrame | null {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0] = bytes.subarray(offset, offset + 6);
  if (b0 !== 0xff || (b1 & 0xe0) !== 0xe0) return null;
  const layerBits = (b1 >> 1) & 3;
  if (layerBits === 0) return readAdts(b1, b2, b3, b4, b5);
  return readMpeg((b1 >> 3) & 3, layerBits, b2);
}

function readAdts(b1: number, b2: number, b3: number, b4: number, b5: number): AudioFrame | null {
  if ((b1 & 0xf6) !== 0xf0 || ((b2 >> 2) & 15) > 12) return null;
  const lengthBytes = ((b3 & 3) << 11) | (b4 << 3) | (b5 >> 5);
  return lengthBytes > 7 ? { kind: 'aac', lengthBytes } : null;
}

function readMpeg(version: number, layerBits: number, b2: number): AudioFrame | null {
  const rateIndex = (b2 >> 2) & 3;
  const isMpeg1 = version === 3;
  const layer = layerBits === 3 ? 1 : layerBits === 2 ? 2 : 3;
  const bitrate = kbps[isMpeg1 ? 'mpeg1' : 'mpeg2'][layer][(b2 >> 4) - 1];
  const fullRate = mpeg1Rates[rateIndex];
  if (version === 1 || bitrate === undefined || fullRate === undefined) return null;
  // Versions 3, 2, 0 are MPEG-1, MPEG-2 and MPEG-2.5: full, half and quarter rate.
  const sampleRate = fullRate / (isMpeg1 ? 1 : version === 2 ? 2 : 4);
  const padding = (b2 >> 1) & 1;
  if (layer === 1) {
    const lengthBytes = (Math.floor((12_000 * bitrate) / sampleRate) + padding) * 4;
    return { kind: 'mp3', lengthBytes, sampleRate, samples: 384 };
  }
  const samples = layer === 3 && !isMpeg1 ? 576 : 1152;
  const lengthBytes = Math.floor((samples * 125 * bitrate) / sampleRate) + padding;
  return { kind: 'mp3', lengthBytes, sampleRate, samples };
}

/** The kind of the first place where three frames follow one another: chance sync words don't line up. */
export function findAudioFrames(bytes: Uint8Array): 'mp3' | 'aac' | null {
  for (let offset = 0; offset + 6 <= bytes.length; offset++) {
    if (bytes[offset] !== 0xff) continue;
    const first = readAudioFrame(bytes, offset);
    if (first !== null && followsOn(bytes, offset + first.lengthBytes, first.kind, 2)) return first.kind;
  }
  return null;
}

/** The file may end before the last of them does. */
function followsOn(bytes: Uint8Array, offset: number, kind: AudioFrame['kind'], more: number): boolean {
  if (more === 0) return true;
  if (offset + 6 > bytes.length) return false;
  const next = readAudioFrame(bytes, offset);
  return next?.kind === kind && followsOn(bytes, offset + next.lengthBytes, kind, more - 1);
}
