import type { LevelChange } from '../../kernel/media/tools.ts';
import type { RecordingAnalysis } from './analysis.ts';
import type { AudioFormat, LoudnessTarget } from './rendition.ts';

/** Beyond it, what is raised is mostly the noise of an empty room. */
const MOST_GAIN_DB = 40;
/** Lossy encoders put peaks up to half a decibel higher than they were given. */
const CEILING_DB = { lossless: -1, lossy: -1.5 };
/** Under the ear's own threshold: not worth encoding again for. */
const CLOSE_ENOUGH_LU = 0.2;

/** What is known of a sound's loudness. */
export type MeasuredLevel = Pick<
  RecordingAnalysis,
  'status' | 'loudnessState' | 'integratedLufs' | 'truePeakDbtp' | 'channels'
>;

/** Why a sound cannot be brought to a loudness, as a sentence; null when it can. */
export function levelFault(measured: MeasuredLevel, target: LoudnessTarget): string | null {
  if (measured.status === 'error') return 'The loudness of this sound could not be measured.';
  if (measured.loudnessState === 'too-short') return 'This sound is too short to have a loudness.';
  if (measured.integratedLufs === null) return 'This sound is silent: there is nothing to make louder.';
  if (target - measured.integratedLufs > MOST_GAIN_DB)
    return `This sound is so quiet (${measured.integratedLufs.toFixed(1)} LUFS) that raising it would mostly raise its noise.`;
  if (target === -19 && measured.channels !== 1)
    return '−19 LUFS is for sound of one channel, and this has two: −16 LUFS sounds as loud.';
  return null;
}

/**
 * One gain from what was measured, and a ceiling only where the gain would carry true peaks beyond it. The range of
 * the sound stays what it was.
 */
export function planLevel(
  { integratedLufs, truePeakDbtp }: MeasuredLevel,
  target: LoudnessTarget,
  format: AudioFormat,
): LevelChange {
  const gainDb = target - (integratedLufs ?? target);
  const ceilingDb = CEILING_DB[format === 'wav' || format === 'flac' ? 'lossless' : 'lossy'];
  const staysBelow = truePeakDbtp !== null && truePeakDbtp + gainDb <= ceilingDb;
  return { gainDb, ceilingDb: staysBelow ? null : ceilingDb };
}

/** What limiting took from the loudness is given back by more gain; null when it is near enough. */
export function correctLevel(
  level: LevelChange,
  resultLufs: number | null,
  target: LoudnessTarget,
): LevelChange | null {
  if (resultLufs === null || Math.abs(target - resultLufs) <= CLOSE_ENOUGH_LU) return null;
  return { ...level, gainDb: level.gainDb + target - resultLufs };
}
