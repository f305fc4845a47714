import type { AnalysedSound, AnalyserOptions } from './sound-analyser.ts';

/** What the thread is sent: first the options (as its `workerData`), then samples, then the end. */
export type ToAnalysis = { samples: ArrayBuffer } | { end: true };

/** What it answers: once per portion of samples, and at the end all that was found. */
export type FromAnalysis = { taken: true } | { found: AnalysedSound };

/** The thread's beginning. */
export interface AnalysisThreadData extends AnalyserOptions {
  /** Of the thread alone, where the system knows such a thing. */
  niceness: number;
}
