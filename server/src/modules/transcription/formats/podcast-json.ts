import type { RecognisedSegment, RecognisedWord } from '../engines/engine.ts';
import { segmentsOfWords } from '../engines/segments-of-words.ts';
import { mostCues, TranscriptFileFault } from './transcript-file.ts';
import { oneLine } from './transcript-text.ts';

interface JsonSegment {
  startMs: number;
  endMs: number | null;
  text: string;
  speaker: string | null;
}

const longestTimeSeconds = 7 * 24 * 3600;
const longestSegmentLetters = 10_000;
const longestSpeaker = 200;
/** From this share of single words on, a file tells its words one by one. */
const wordByWordShare = 0.8;

/** Reads Podcasting 2.0 JSON (`segments` of `startTime`, `endTime`, `body`, `speaker`); whisper's own names pass too. */
export function readPodcastJson(text: string): { language: string | null; segments: RecognisedSegment[] } {
  const file = parse(text);
  const list = field(file, 'segments');
  if (!Array.isArray(list))
    throw new TranscriptFileFault('This JSON has no list “segments”: it is no transcript');
  if (list.length > mostCues) throw new TranscriptFileFault(`The file has more than ${mostCues} segments`);
  const read = list.map(segmentOf).filter(({ text }) => text !== '');
  read.sort((one, other) => one.startMs - other.startMs);
  const closed = read.map((segment, index) => ({ ...segment, endMs: endOf(segment, read[index + 1]) }));
  const language = field(file, 'language');
  const isTag = typeof language === 'string' && /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i.test(language);
  return {
    language: isTag ? language : null,
    segments: isWordByWord(closed) ? grouped(closed) : closed.map(whole),
  };
}

/** A transcript is four levels deep; a parser that follows a million is busy for long. */
const deepest = 32;

function parse(text: string): unknown {
  if (isDeep(text)) throw new TranscriptFileFault('This JSON cannot be read: it is nested too deep');
  try {
    return JSON.parse(text);
  } catch (error) {
    const line = /\(line (\d+) column/.exec(error instanceof Error ? error.message : '')?.[1];
    throw new TranscriptFileFault('This JSON cannot be read', line === undefined ? null : Number(line));
  }
}

/** Counts brackets outside of strings. */
function isDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const letter = text.charCodeAt(index);
    if (letter === backslash && inString) index++;
    else if (letter === quote) inString = !inString;
    else if (!inString && openers.has(letter) && ++depth > deepest) return true;
    else if (!inString && closers.has(letter)) depth--;
  }
  return false;
}

const codeOf = (letter: string) => letter.charCodeAt(0);
const [quote, backslash] = [codeOf('"'), codeOf('\\')];
const openers = new Set(['[', '{'].map(codeOf));
const closers = new Set([']', '}'].map(codeOf));

function segmentOf(value: unknown, index: number): JsonSegment {
  const where = `Segment ${index + 1}`;
  const startMs = msOf(field(value, 'startTime') ?? field(value, 'start'));
  if (startMs === null) throw new TranscriptFileFault(`${where} has no startTime in seconds`);
  const end = field(value, 'endTime') ?? field(value, 'end');
  const endMs = msOf(end);
  if (end !== undefined && end !== null && endMs === null) {
    throw new TranscriptFileFault(`${where} has an endTime that is no number of seconds`);
  }
  const body = field(value, 'body') ?? field(value, 'text') ?? '';
  if (typeof body !== 'string') throw new TranscriptFileFault(`${where} has a body that is no text`);
  if (body.length > longestSegmentLetters) {
    throw new TranscriptFileFault(`${where} has more than ${longestSegmentLetters} characters`);
  }
  const speaker = field(value, 'speaker');
  const name = typeof speaker === 'string' ? oneLine(speaker.slice(0, longestSpeaker)) : '';
  return { startMs, endMs, text: oneLine(body), speaker: name === '' ? null : name };
}

/** Seconds, as a number or as digits. */
function msOf(value: unknown): number | null {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= longestTimeSeconds)) return null;
  return Math.round(seconds * 1000);
}

const longestGuessMs = 5000;

/** The end is optional: the next beginning then, if it isn't far. */
function endOf({ startMs, endMs }: JsonSegment, next: JsonSegment | undefined): number {
  if (endMs !== null && endMs > startMs) return endMs;
  return Math.min(startMs + longestGuessMs, Math.max(startMs, next?.startMs ?? Number.POSITIVE_INFINITY));
}

type ClosedSegment = JsonSegment & { endMs: number };

function whole({ startMs, endMs, text, speaker }: ClosedSegment): RecognisedSegment {
  return { startMs, endMs, text, speaker, confidence: null, words: null };
}

function isWordByWord(segments: readonly ClosedSegment[]): boolean {
  const single = segments.filter(({ text }) => !text.includes(' ')).length;
  return segments.length > 1 && single >= segments.length * wordByWordShare;
}

/** Words of one speaker after another, put together as sentences. */
function grouped(segments: readonly ClosedSegment[]): RecognisedSegment[] {
  const turns: { speaker: string | null; words: RecognisedWord[] }[] = [];
  for (const { startMs, endMs, text, speaker } of segments) {
    const word = { startMs, endMs, text, confidence: null };
    const turn = turns.at(-1);
    if (turn && turn.speaker === speaker) turn.words.push(word);
    else turns.push({ speaker, words: [word] });
  }
  return turns.flatMap(({ speaker, words }) =>
    segmentsOfWords(words).map((segment) => ({ ...segment, speaker })),
  );
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
