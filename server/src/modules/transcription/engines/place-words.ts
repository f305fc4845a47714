import type { RecognisedWord } from './engine.ts';

/** A word, or a part of one, as a server told it. */
export interface TimedWord extends RecognisedWord {
  /** A blank stood before it. */
  beginsWord: boolean;
}

/** Servers round; further outside, a word belongs elsewhere. */
const toleranceMs = 1000;

/**
 * The words of a segment: sorted, inside it, parts joined, written as in its text (which has the commas). Empty when
 * they are not the words of that text.
 */
export function placeWords(
  told: readonly TimedWord[],
  { startMs, endMs }: { startMs: number; endMs: number },
  text: string | null = null,
): RecognisedWord[] {
  const near = told.filter(
    (word) => word.endMs >= startMs - toleranceMs && word.startMs <= endMs + toleranceMs,
  );
  const words = joinParts(near).map((word) => {
    const from = Math.min(endMs, Math.max(startMs, word.startMs));
    return { ...word, startMs: from, endMs: Math.min(endMs, Math.max(from, word.endMs)) };
  });
  words.sort((one, other) => one.startMs - other.startMs);
  return text === null ? words : writtenAs(text, words);
}

/** Where some words begin with a blank, those without one go on with the word before. */
function joinParts(told: readonly TimedWord[]): RecognisedWord[] {
  const tellsParts = told.some(({ beginsWord }, index) => index > 0 && beginsWord);
  const words: RecognisedWord[] = [];
  for (const { beginsWord, ...part } of told) {
    const last = words.at(-1);
    if (!last || !tellsParts || beginsWord) {
      words.push(part);
      continue;
    }
    words[words.length - 1] = {
      startMs: Math.min(last.startMs, part.startMs),
      endMs: Math.max(last.endMs, part.endMs),
      text: last.text + part.text,
      confidence: lower(last.confidence, part.confidence),
    };
  }
  return words;
}

function lower(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

/** Takes the spelling of the text where word by word it is the same; nothing when most words are not in the text. */
function writtenAs(text: string, words: readonly RecognisedWord[]): RecognisedWord[] {
  const tokens = text.split(' ').filter((token) => bare(token) !== '');
  const known = new Set(tokens.map(bare));
  const strangers = words.filter((word) => !word.text.split(' ').some((part) => known.has(bare(part))));
  if (strangers.length * 2 > words.length) return [];
  const isSame =
    tokens.length === words.length && words.every((word, at) => bare(word.text) === bare(tokens[at] ?? ''));
  return isSame ? words.map((word, at) => ({ ...word, text: tokens[at] ?? word.text })) : [...words];
}

/** A word without what surrounds it. */
function bare(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, '');
}
