import Type from 'typebox';
import { faultCodes } from '../../../kernel/media/analysis/find-faults.ts';
import type { MediaTags, SoundAnalysis } from '../../../kernel/media/tools.ts';

/** Grows when sound is measured otherwise; what was measured with a lower one is measured again. */
export const ANALYSIS_VERSION = 1;

/** Names of faults, as clients know them. */
export const FAULT_CODES = faultCodes;

/** One fault of a sound, as its row keeps it. */
export type KeptFault = SoundAnalysis['faults'][number];

/** What was measured of a recording; decibels relative to full scale, null where there is no such figure. */
export interface RecordingAnalysis {
  recordingId: string;
  version: number;
  status: 'completed' | 'error';
  errorMessage: string | null;
  loudnessState: 'measured' | 'silent' | 'too-short' | null;
  integratedLufs: number | null;
  rangeLu: number | null;
  maxMomentaryLufs: number | null;
  maxShortTermLufs: number | null;
  truePeakDbtp: number | null;
  samplePeakDbfs: number | null;
  sampleRate: number | null;
  channels: number | null;
  silentMs: number | null;
  clippedRuns: number | null;
  clippedSamples: number | null;
  centroidHz: number | null;
  bandwidthHz: number | null;
  rolloffHz: number | null;
  bandLimitHz: number | null;
  faults: KeptFault[];
  tags: MediaTags;
  detailsKey: string | null;
  detailsSha256: string | null;
  spectrogramKey: string | null;
  spectrogramSha256: string | null;
  coverKey: string | null;
  coverSha256: string | null;
  analysedAt: Date;
}

/** Three figures of a recording, for lists; null members where the sound has none. */
export interface LoudnessFigures {
  integratedLufs: number | null;
  rangeLu: number | null;
  truePeakDbtp: number | null;
}

const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** The lists of an analysis, which lie in a file beside the sound; times in milliseconds. */
export const AnalysisDetails = Type.Object({
  silence: Type.Object({
    thresholdDb: Type.Number(),
    shortestMs: Type.Integer(),
    stretches: Type.Array(Type.Tuple([Type.Integer(), Type.Integer()])),
  }),
  clipping: Type.Array(Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer()])),
  curve: Type.Object({ secondsPerPoint: Type.Integer(), lufs: Type.Array(orNull(Type.Number())) }),
  bands: Type.Array(Type.Tuple([Type.Number(), orNull(Type.Number())])),
});
/** As {@link AnalysisDetails} describes. */
export type AnalysisDetails = Type.Static<typeof AnalysisDetails>;

/** What goes into the file. */
export function detailsOf({ silence, clipping, loudness, spectrum }: SoundAnalysis): AnalysisDetails {
  return {
    silence: {
      thresholdDb: silence.thresholdDb,
      shortestMs: silence.shortestMs,
      stretches: silence.stretches.map(({ startMs, endMs }) => [startMs, endMs]),
    },
    clipping: clipping.places.map(({ startMs, endMs, runs }) => [startMs, endMs, runs]),
    curve: {
      secondsPerPoint: loudness.curve.secondsPerPoint,
      lufs: loudness.curve.lufs.map((lufs) => rounded(lufs, 1)),
    },
    bands: spectrum.bands.map(({ centreHz, levelDb }) => [rounded(centreHz, 1) ?? 0, rounded(levelDb, 1)]),
  };
}

/** A figure with so many decimals. */
export function rounded(value: number | null, decimals: number): number | null {
  return value === null ? null : Number(value.toFixed(decimals));
}
