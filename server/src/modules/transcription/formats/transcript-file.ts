import type { RecognisedSegment } from '../engines/engine.ts';

/** The files of others that hold a transcript. */
export type TranscriptFormat = 'srt' | 'vtt' | 'podcast-json';

/** What a file of somebody else's said. */
export interface TranscriptFile {
  format: TranscriptFormat;
  /** As the file states it; null when it doesn't. */
  language: string | null;
  /** Sorted by start; times from the recording's beginning. */
  segments: RecognisedSegment[];
}

/** What the sender said of the file; the content decides. */
export interface TranscriptHint {
  filename?: string | undefined;
  mimeType?: string | undefined;
}

/** Why a file is no transcript. The message is a sentence for the one who sent it. */
export class TranscriptFileFault extends Error {
  /** Counted from 1; null when it is about the whole file. */
  readonly line: number | null;
  constructor(message: string, line: number | null = null) {
    super(message);
    this.name = 'TranscriptFileFault';
    this.line = line;
  }
}

/** Larger files hold something else than words. */
export const largestTranscriptBytes = 20 * 1024 * 1024;
/** More cues than a week of speech has. */
export const mostCues = 200_000;
