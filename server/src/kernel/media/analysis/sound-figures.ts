import type { StereoSeconds } from './channel-checks.ts';
import type { Clipping } from './clipping.ts';
import type { Silence } from './find-silences.ts';
import type { Loudness } from './loudness-meter.ts';
import type { Spectrum } from './spectrum-meter.ts';

/** What was measured of a sound; decibels are relative to full scale. */
export interface SoundFigures {
  /** At which it was measured: the source's, or the next that suits, at most 48,000. */
  sampleRate: number;
  /** More than two were mixed to two, as listeners hear them. */
  channels: 1 | 2;
  durationMs: number;
  loudness: Loudness;
  /** Null when every sample is 0. */
  truePeakDb: number | null;
  samplePeakDb: number | null;
  silence: Silence;
  clipping: Clipping;
  /** Null for mono. */
  stereo: StereoSeconds | null;
  /** The mean of each channel's samples, −1 to 1. */
  offsets: number[];
  /** Samples that were no numbers. */
  invalidSamples: number;
  spectrum: Spectrum;
}
