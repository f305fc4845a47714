import type { AnalysisDetails, LoudnessFigures } from './analysis.ts';
import type { CompletedAnalysis } from './read-analysis.ts';

/** The contract's three figures; null when the sound has none, as silence has. */
export function presentFigures(figures: LoudnessFigures | undefined) {
  if (!figures) return null;
  const { integratedLufs, rangeLu, truePeakDbtp } = figures;
  if (integratedLufs === null || rangeLu === null || truePeakDbtp === null) return null;
  return { integrated_lufs: integratedLufs, range_lu: rangeLu, true_peak_dbtp: truePeakDbtp };
}

/** Loudness, clipping and what is wrong. */
export function presentLoudness(analysis: CompletedAnalysis, { curve, clipping }: AnalysisDetails) {
  return {
    state: analysis.loudnessState,
    integrated_lufs: analysis.integratedLufs,
    range_lu: analysis.rangeLu,
    true_peak_dbtp: analysis.truePeakDbtp,
    sample_peak_dbfs: analysis.samplePeakDbfs,
    max_momentary_lufs: analysis.maxMomentaryLufs,
    max_short_term_lufs: analysis.maxShortTermLufs,
    short_term: { seconds_per_point: curve.secondsPerPoint, lufs: curve.lufs },
    clipping: {
      runs: analysis.clippedRuns ?? 0,
      samples: analysis.clippedSamples ?? 0,
      places: clipping.map(([start, end, runs]) => ({ start: start / 1000, end: end / 1000, runs })),
    },
    faults: analysis.faults.map(({ code, share, fromMs }) => ({
      code,
      share,
      start: fromMs === null ? null : fromMs / 1000,
    })),
    sample_rate: analysis.sampleRate,
    channels: analysis.channels,
    generated_at: analysis.analysedAt.toISOString(),
  };
}

/** Where nothing sounds. */
export function presentSilences(analysis: CompletedAnalysis, { silence }: AnalysisDetails) {
  return {
    threshold_dbfs: silence.thresholdDb,
    shortest_seconds: silence.shortestMs / 1000,
    total_seconds: (analysis.silentMs ?? 0) / 1000,
    silences: silence.stretches.map(([start, end]) => ({ start: start / 1000, end: end / 1000 })),
    generated_at: analysis.analysedAt.toISOString(),
  };
}

/** The mean spectrum. */
export function presentSpectrum(analysis: CompletedAnalysis, { bands }: AnalysisDetails) {
  return {
    centroid_hz: analysis.centroidHz,
    bandwidth_hz: analysis.bandwidthHz,
    rolloff_hz: analysis.rolloffHz,
    band_limit_hz: analysis.bandLimitHz,
    nyquist_hz: analysis.sampleRate / 2,
    bands: bands.map(([centre, level]) => ({ centre_hz: centre, level_dbfs: level })),
    generated_at: analysis.analysedAt.toISOString(),
  };
}
