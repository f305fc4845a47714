import type { LevelChange } from '../../../kernel/media/tools.ts';
import type { RecordingAnalysis } from '../analysis/analysis.ts';
import type { AudioFormat, LoudnessTarget } from './rendition.ts';

/** Beyond it, what is raised is mostly the noise of an empty room. */
const MOST_GAIN_DB = 40;
/** Lossy encoders put peaks up to half a decibel higher than they were given. */
const CEILING_DB = { lossless: -1, lossy: -1.5 };
/** Under the ear's own threshold: not worth encoding again for. */
const CLOSE_ENOUGH_LU = 0.2;
/** LU that a decibel of gain brings where a limiter works: of speech, and at the least that is believed. */
const USUAL_SLOPE = 0.75;
const LEAST_SLOPE = 0.2;

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

/** A gain that was tried, and how loud the result was. */
export interface TriedLevel {
  gainDb: number;
  lufs: number;
}

/**
 * What limiting took from the loudness is given back by more gain, of which the limiter takes a part again: how large
 * a part, the last two tries tell. Null when the last is near enough.
 */
export function correctLevel(
  level: LevelChange,
  tried: readonly TriedLevel[],
  target: LoudnessTarget,
): LevelChange | null {
  const [before, last] = [tried.at(-2), tried.at(-1)];
  if (!last || Math.abs(target - last.lufs) <= CLOSE_ENOUGH_LU) return null;
  const measuredSlope = before ? (last.lufs - before.lufs) / (last.gainDb - before.gainDb) : USUAL_SLOPE;
  const slope = Math.min(1, Math.max(LEAST_SLOPE, measuredSlope));
  return { ...level, gainDb: last.gainDb + (target - last.lufs) / slope };
}
