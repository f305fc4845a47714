import type { LevelChange } from './tools.ts';

/** Peaks between samples are seen by looking four times as closely (ITU-R BS.1770-4, annex 2). */
const oversampling = 4;
/** How long before a peak the gain begins to fall, and how long it takes to rise again. */
const attackSeconds = 0.005;
const releaseMs = 50;

/**
 * ffmpeg's filters for a change of level; none without one. Channels are mixed before, as what is measured was: a sum
 * of channels has peaks of its own. Where a ceiling is set, a limiter at four times the rate holds true peaks.
 */
export function levelFilters(
  level: LevelChange | undefined,
  shape: { channels: 1 | 2; sampleRate: number },
): string[] {
  if (!level) return [];
  const mixed = `aformat=sample_fmts=flt:channel_layouts=${shape.channels === 1 ? 'mono' : 'stereo'}`;
  const gain = `volume=volume=${level.gainDb.toFixed(4)}dB:precision=float`;
  if (level.ceilingDb === null) return [mixed, gain];
  const rate = shape.sampleRate * oversampling;
  // The limiter looks ahead, so all comes out that much later: as many samples are cut from the beginning, and
  // silence behind the end pushes the last ones out.
  const delay = Math.floor(rate * attackSeconds) - 1;
  return [
    mixed,
    gain,
    `aresample=${rate}`,
    `apad=pad_len=${delay}`,
    `alimiter=limit=${(10 ** (level.ceilingDb / 20)).toFixed(6)}:attack=${attackSeconds * 1000}:release=${releaseMs}:level=0`,
    `atrim=start_sample=${delay}`,
    'asetpts=N/SR/TB',
    `aresample=${shape.sampleRate}`,
  ];
}
