import { cleanLine } from '../../kernel/clean-line.ts';
import type { KeptSegment } from './chunk-repo.ts';
import type { RecognisedSegment, RecognisedWord } from './engines/engine.ts';
import type { KeptWord } from './transcription.ts';

const LONGEST_TEXT = 20_000;
const LONGEST_SPEAKER = 200;
const LONGEST_WORD = 500;

/** Where the segments belong: `shiftMs` is added to their times, which then lie between the other two. */
export interface Place {
  shiftMs: number;
  fromMs: number;
  toMs: number;
}

/** Segments as the database takes them: in place, in order of time, readable, none empty. */
export function keepSegments(recognised: readonly RecognisedSegment[], place: Place): KeptSegment[] {
  const moved = clampInto(place);
  return recognised
    .flatMap(({ startMs, endMs, text, speaker, confidence, words }) => {
      const line = cleanLine(text).slice(0, LONGEST_TEXT).toWellFormed();
      if (line === '') return [];
      const start = moved(startMs);
      const kept: KeptSegment = {
        startMs: start,
        endMs: Math.max(start, moved(endMs)),
        text: line,
        speaker:
          cleanLine(speaker ?? '')
            .slice(0, LONGEST_SPEAKER)
            .toWellFormed() || null,
        confidence: shareOf(confidence),
        words: keepWords(words, moved),
      };
      return [kept];
    })
    .sort((a, b) => a.startMs - b.startMs);
}

function keepWords(
  words: readonly RecognisedWord[] | null,
  moved: (ms: number) => number,
): KeptWord[] | null {
  if (words === null) return null;
  const kept = words.flatMap(({ startMs, endMs, text, confidence }): KeptWord[] => {
    const word = cleanLine(text).slice(0, LONGEST_WORD).toWellFormed();
    if (word === '') return [];
    const start = moved(startMs);
    return [[start, Math.max(start, moved(endMs)), word, shareOf(confidence)]];
  });
  return kept.length > 0 ? kept : null;
}

function clampInto({ shiftMs, fromMs, toMs }: Place): (ms: number) => number {
  return (ms) => Math.min(toMs, Math.max(fromMs, Math.round((Number.isFinite(ms) ? ms : 0) + shiftMs)));
}

/** 0…1, to three digits. */
function shareOf(confidence: number | null): number | null {
  if (confidence === null || !Number.isFinite(confidence)) return null;
  return Math.round(Math.min(1, Math.max(0, confidence)) * 1000) / 1000;
}
