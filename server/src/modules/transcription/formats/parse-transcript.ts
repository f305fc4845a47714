import type { RecognisedSegment } from '../engines/engine.ts';
import { type Cue, readCue } from './captions.ts';
import { readPodcastJson } from './podcast-json.ts';
import { readCues } from './read-cues.ts';
import { withoutRollUp } from './roll-up.ts';
import {
  largestTranscriptBytes,
  type TranscriptFile,
  TranscriptFileFault,
  type TranscriptHint,
} from './transcript-file.ts';
import { textOf } from './transcript-text.ts';

/**
 * Reads SRT, WebVTT or Podcasting 2.0 JSON, whichever the content is. Throws TranscriptFileFault. Linear in the size
 * of the file, whatever is in it.
 */
export function parseTranscript(bytes: Uint8Array, hint: TranscriptHint = {}): TranscriptFile {
  if (bytes.length > largestTranscriptBytes) {
    throw new TranscriptFileFault(`The file is larger than ${largestTranscriptBytes / 1024 / 1024} MB`);
  }
  const text = textOf(bytes);
  const head = text.slice(0, 1000).trimStart();
  if (head === '') throw new TranscriptFileFault('The file is empty');
  if (head.startsWith('{') || head.startsWith('[')) {
    const { language, segments } = readPodcastJson(text);
    return { format: 'podcast-json', language, segments: notNone(segments) };
  }
  const isVtt = /^WEBVTT(?:\s|$)/.test(head);
  const { cues, language } = readCues(text, isVtt ? 'vtt' : 'srt');
  if (cues.length === 0) throw unknownFormat(isVtt);
  const format = isVtt || /\bvtt$/i.test(hint.filename ?? hint.mimeType ?? '') ? 'vtt' : 'srt';
  return { format, language, segments: notNone(segmentsOf(cues)) };
}

function unknownFormat(isVtt: boolean): TranscriptFileFault {
  return isVtt
    ? new TranscriptFileFault('This WebVTT file has no cue')
    : new TranscriptFileFault('This is no SRT, WebVTT or Podcasting 2.0 JSON file');
}

function notNone(segments: RecognisedSegment[]): RecognisedSegment[] {
  if (segments.length === 0) throw new TranscriptFileFault('Nothing is said in this file');
  return segments;
}

/** Where a cue ends before it begins, it is shown this long, or until the next. */
const mendedLengthMs = 2000;

function segmentsOf(cues: readonly Cue[]): RecognisedSegment[] {
  const sorted = [...cues].sort((one, other) => one.startMs - other.startMs);
  const mended = sorted.map((cue, index) => {
    if (cue.endMs > cue.startMs) return cue;
    const nextMs = sorted[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    return { ...cue, endMs: Math.min(nextMs, cue.startMs + mendedLengthMs) };
  });
  return withoutRollUp(mended).flatMap((cue) => {
    const { text, speaker, words } = readCue(cue);
    if (text === '') return [];
    return [{ startMs: cue.startMs, endMs: cue.endMs, text, speaker, confidence: null, words }];
  });
}
