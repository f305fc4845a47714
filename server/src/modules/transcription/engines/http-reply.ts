import { EngineFailure, type RecognisedSegment } from './engine.ts';
import { placeWords, type TimedWord } from './place-words.ts';
import { meanConfidence, segmentsOfWords } from './segments-of-words.ts';

/** Faster than anybody speaks: what says more has lost its senses. */
const mostLettersPerSecond = 200;
const fewestLettersAllowed = 10_000;
/** Marks that some servers leave in the text: `<|0.00|>`, `<|endoftext|>`. */
const marks = /<\|[^|<>]{0,40}\|>/g;

/** A segment as a server told it; times not yet to be believed. */
interface ToldSegment {
  startMs: number | null;
  endMs: number | null;
  text: string;
  confidence: number | null;
  words: TimedWord[];
}

/** Whether a reply says when anything was said. */
export function hasTimes(reply: unknown): boolean {
  return listOf(reply, 'segments').length > 0 || listOf(reply, 'words').length > 0;
}

/** Moves segments and their words to where their stretch begins. */
export function moved(segments: readonly RecognisedSegment[], byMs: number): RecognisedSegment[] {
  const move = <Timed extends { startMs: number; endMs: number }>(timed: Timed): Timed => ({
    ...timed,
    startMs: timed.startMs + byMs,
    endMs: timed.endMs + byMs,
  });
  return segments.map((segment) => ({ ...move(segment), words: segment.words?.map(move) ?? null }));
}

/**
 * Reads what a server answered for a stretch: `verbose_json` with or without words, or nothing but text. Mends times
 * that cannot be; throws EngineFailure `nonsense` for what is no transcript.
 */
export function readReply(reply: unknown, durationMs: number): RecognisedSegment[] {
  if (typeof reply !== 'object' || reply === null || Array.isArray(reply)) throw noTranscript();
  const text = cleanText(fieldOf(reply, 'text'));
  const told = listOf(reply, 'segments').map(toldSegment).filter(isSaid);
  const words = listOf(reply, 'words').map(toldWord).filter(isWord);
  if (
    text === null &&
    told.length === 0 &&
    words.length === 0 &&
    !Array.isArray(fieldOf(reply, 'segments'))
  ) {
    throw noTranscript();
  }
  const letters = [text ?? '', ...told.map((each) => each.text)].reduce((sum, each) => sum + each.length, 0);
  if (letters > fewestLettersAllowed + (mostLettersPerSecond * durationMs) / 1000) {
    throw new EngineFailure('nonsense', 'The speech server’s answer has more words than can be said');
  }
  if (told.length > 0) return withWords(withTimes(told, durationMs), words, durationMs);
  if (words.length > 0) return segmentsOfWords(placeWords(words, { startMs: 0, endMs: durationMs }));
  if (!text) return [];
  return [{ startMs: 0, endMs: durationMs, text, speaker: null, confidence: null, words: null }];
}

function noTranscript(): EngineFailure {
  return new EngineFailure('nonsense', 'The speech server’s answer is no transcript');
}

/** Sorted, inside the stretch, without what was heard after its end (models dream in the silence they add). */
function withTimes(told: readonly ToldSegment[], durationMs: number): TimedSegment[] {
  const inside = told.filter(({ startMs }) => startMs === null || startMs < durationMs);
  let previousMs = 0;
  const placed = inside.map((segment) => {
    const startMs = Math.max(0, segment.startMs ?? previousMs);
    const endMs = Math.min(durationMs, Math.max(startMs, segment.endMs ?? startMs));
    previousMs = endMs;
    return { ...segment, startMs: Math.min(startMs, durationMs), endMs };
  });
  placed.sort((one, other) => one.startMs - other.startMs);
  return placed.map((segment, index) => {
    if (segment.endMs > segment.startMs) return segment;
    return { ...segment, endMs: Math.max(segment.startMs, placed[index + 1]?.startMs ?? durationMs) };
  });
}

type TimedSegment = ToldSegment & { startMs: number; endMs: number };

/** Gives each segment its own words, or those of the whole answer whose middle lies nearest to it. */
function withWords(
  segments: readonly TimedSegment[],
  words: readonly TimedWord[],
  durationMs: number,
): RecognisedSegment[] {
  const shared = shareWords(segments, words);
  return segments.map((segment, index) => {
    const { startMs, endMs, text } = segment;
    const own = segment.words.length > 0 ? segment.words : (shared[index] ?? []);
    const placed = placeWords(own, { startMs, endMs: Math.min(durationMs, endMs) }, text);
    const fitting = placed.length > 0 ? placed : null;
    const confidence = segment.confidence ?? (fitting ? meanConfidence(fitting) : null);
    return { startMs, endMs, text, speaker: null, confidence, words: fitting };
  });
}

function shareWords(segments: readonly TimedSegment[], words: readonly TimedWord[]): TimedWord[][] {
  const shares: TimedWord[][] = segments.map(() => []);
  const sorted = [...words].sort((one, other) => one.startMs - other.startMs);
  let index = 0;
  for (const word of sorted) {
    const middleMs = (word.startMs + word.endMs) / 2;
    while (index + 1 < segments.length && isNearer(segments[index + 1], segments[index], middleMs)) index++;
    shares[index]?.push(word);
  }
  return shares;
}

function isNearer(next: TimedSegment | undefined, current: TimedSegment | undefined, atMs: number): boolean {
  if (!next || !current) return false;
  return distance(next, atMs) < distance(current, atMs) || (atMs >= next.startMs && atMs >= current.endMs);
}

const distance = ({ startMs, endMs }: TimedSegment, atMs: number) =>
  Math.max(0, startMs - atMs, atMs - endMs);

function toldSegment(value: unknown): ToldSegment {
  return {
    startMs: msOf(value, 'start'),
    endMs: msOf(value, 'end'),
    text: cleanText(fieldOf(value, 'text')) ?? '',
    confidence: confidenceOf(value),
    words: listOf(value, 'words').map(toldWord).filter(isWord),
  };
}

/** The blank before a word tells whole words from parts of words; it is kept until they are joined. */
function toldWord(value: unknown): TimedWord | null {
  const [startMs, endMs] = [msOf(value, 'start'), msOf(value, 'end')];
  const told = fieldOf(value, 'word') ?? fieldOf(value, 'text');
  const text = cleanText(told);
  if (startMs === null || endMs === null || !text || typeof told !== 'string') return null;
  return {
    startMs,
    endMs,
    text,
    beginsWord: /^\s/.test(told),
    confidence: shareOf(fieldOf(value, 'probability')),
  };
}

const isSaid = ({ text }: ToldSegment) => text !== '';
const isWord = (word: TimedWord | null): word is TimedWord => word !== null;

/** Whisper's mean log-probability of a segment, or a plain share. */
function confidenceOf(value: unknown): number | null {
  const logarithm = fieldOf(value, 'avg_logprob');
  if (typeof logarithm === 'number' && Number.isFinite(logarithm))
    return shareOf(Math.exp(Math.min(0, logarithm)));
  return shareOf(fieldOf(value, 'confidence'));
}

function shareOf(value: unknown): number | null {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) return null;
  return Math.round(value * 1000) / 1000;
}

/** Seconds, as a number or as digits; null for what is neither or no time. */
function msOf(value: unknown, name: string): number | null {
  const found = fieldOf(value, name);
  const seconds = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
  return typeof seconds === 'number' && Number.isFinite(seconds) ? Math.round(seconds * 1000) : null;
}

/** One line without marks and control characters; null for what is no text. */
function cleanText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  return value
    .toWellFormed()
    .replace(marks, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

function listOf(value: unknown, name: string): unknown[] {
  const found = fieldOf(value, name);
  return Array.isArray(found) ? found : [];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
