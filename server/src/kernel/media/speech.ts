/** A stretch of a recording, in milliseconds from its beginning. */
export interface SpeechChunk {
  startMs: number;
  endMs: number;
}

/** One stream of a local file, as `probe` found it; `demuxer` is `demuxerOf(info.container)`. */
export interface SpeechSource {
  inputPath: string;
  demuxer: string;
  audioStreamIndex: number;
  signal?: AbortSignal;
}

/** How a recording is to be cut. */
export interface SpeechPlanRequest extends SpeechSource {
  /** Sets the deadline and the progress; the truth comes out of the decoding. */
  expectedMs: number;
  /** No chunk is longer. */
  maxChunkMs: number;
  /** Leave long silences out. */
  useVad: boolean;
  /** 0..1, never backwards, at most a few times a second. */
  onProgress?: (fraction: number) => void;
}

/** Chunks in order, disjoint, cut where nobody speaks if that can be found; none for silence with `useVad`. */
export interface SpeechPlan {
  durationMs: number;
  chunks: SpeechChunk[];
}

/** A chunk and where its sound goes. */
export interface ExtractSpeechRequest extends SpeechSource, SpeechChunk {
  /** 16 kHz mono 16-bit WAV. */
  outputPath: string;
}

/** What was written: shorter than asked when the recording ends before. */
export interface ExtractedSpeech {
  durationMs: number;
  sizeBytes: number;
}
