import type { RecognisedWord } from '../engines/engine.ts';
import { oneLine, withoutEntities } from './transcript-text.ts';

/** A cue before its text is read. */
export interface Cue {
  startMs: number;
  endMs: number;
  /** As in the file, lines and tags included. */
  text: string;
  /** Of its times, counted from 1. */
  line: number;
}

/** What a cue says, as text and, if it tells, word by word. */
export interface CueReading {
  text: string;
  speaker: string | null;
  words: RecognisedWord[] | null;
}

const clock = /^(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?$/;

/** Milliseconds of `01:02:03.456`, `02:03,456` or `2:03`; null for what is no time. */
export function clockMs(text: string): number | null {
  const found = clock.exec(text);
  if (!found) return null;
  const [, hours = '0', minutes = '', seconds = '', fraction = ''] = found;
  if (Number(minutes) > 59 || Number(seconds) > 59) return null;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 + ms;
}

/** Splits a text at `<…>`, in one pass; a `<` that closes nowhere, or not soon, is text. */
export function* markup(text: string): Generator<{ tag: string | null; text: string }> {
  let from = 0;
  while (from < text.length) {
    const open = text.indexOf('<', from);
    if (open < 0) break;
    const close = text.indexOf('>', open);
    // Nothing closes any more: looking again from every `<` would take the square of the length.
    if (close < 0) break;
    const inner = text.slice(open + 1, close);
    const again = inner.lastIndexOf('<');
    const begin = again < 0 ? open : open + 1 + again;
    if (begin > from) yield { tag: null, text: text.slice(from, begin) };
    const tag = text.slice(begin + 1, close);
    if (isTag(tag)) yield { tag, text: '' };
    else yield { tag: null, text: text.slice(begin, close + 1) };
    from = close + 1;
  }
  if (from < text.length) yield { tag: null, text: text.slice(from) };
}

/** `b`, `/b`, `v Name`, `c.loud`, `font color="red"`, `00:01.000`; not ` 3 and b `. */
function isTag(inner: string): boolean {
  return /^\/?[a-z][a-z0-9]*(?:[\s.][^<]*)?\/?$/i.test(inner) || inner === '/' || clockMs(inner) !== null;
}

/** `{\\an8}`: where on the screen, as old tools write it. */
const placement = /\{\\[^{}]{0,100}\}/g;

/** What a cue says: text without tags, its voice, and times of words where `<00:01.000>` tells them. */
export function readCue(cue: Cue): CueReading {
  const said: { startMs: number; text: string }[] = [{ startMs: cue.startMs, text: '' }];
  let speaker: string | null = null;
  let hasTimes = false;
  for (const { tag, text } of markup(cue.text.replace(placement, ''))) {
    const piece = said.at(-1);
    if (tag === null) {
      if (piece) piece.text += withoutEntities(text);
      continue;
    }
    const atMs = clockMs(tag);
    if (atMs !== null && atMs >= (piece?.startMs ?? 0) && atMs <= cue.endMs) {
      said.push({ startMs: atMs, text: '' });
      hasTimes = true;
    }
    speaker ??= voiceOf(tag);
  }
  const text = oneLine(said.map((piece) => piece.text).join(''));
  return { text, speaker, words: hasTimes ? wordsOf(said, cue.endMs) : null };
}

/** `v Name`, `v.loud Name`. */
function voiceOf(tag: string): string | null {
  const name = /^v(?:\.[^\s]*)?\s+(.+)$/is.exec(tag)?.[1];
  return name === undefined ? null : oneLine(withoutEntities(name)) || null;
}

/** A piece ends where the next begins. Several words of one piece share its time by their letters. */
function wordsOf(said: readonly { startMs: number; text: string }[], cueEndMs: number): RecognisedWord[] {
  return said.flatMap(({ startMs, text }, index) => {
    const endMs = said[index + 1]?.startMs ?? cueEndMs;
    const words = oneLine(text)
      .split(' ')
      .filter((word) => word !== '');
    return shareTime(words, startMs, endMs);
  });
}

function shareTime(words: readonly string[], startMs: number, endMs: number): RecognisedWord[] {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  let before = 0;
  return words.map((text) => {
    const from = startMs + ((endMs - startMs) * before) / letters;
    before += text.length;
    const to = startMs + ((endMs - startMs) * before) / letters;
    return { startMs: Math.round(from), endMs: Math.round(to), text, confidence: null };
  });
}
