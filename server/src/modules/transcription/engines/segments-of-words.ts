import type { RecognisedSegment, RecognisedWord } from './engine.ts';

/** A silence that ends a sentence, as far as sound can tell. */
const sentencePauseMs = 450;
/** More is hard to read beside the sound. */
const longestSegmentMs = 12_000;

/** Groups words, in order, into segments that can be read: apart where the speaker pauses, never long. */
export function segmentsOfWords(words: readonly RecognisedWord[]): RecognisedSegment[] {
  const groups: RecognisedWord[][] = [];
  for (const word of words) {
    const last = groups.at(-1)?.at(-1);
    if (last && word.startMs - last.endMs < sentencePauseMs) groups.at(-1)?.push(word);
    else groups.push([word]);
  }
  return groups.flatMap(inReadableParts).map(toSegment);
}

/** Splits at the longest gap, rather in the middle than at the edge, until every part is short enough. */
function inReadableParts(words: RecognisedWord[]): RecognisedWord[][] {
  const parts: RecognisedWord[][] = [];
  const left = [words];
  for (let group = left.pop(); group; group = left.pop()) {
    if (lengthOf(group) <= longestSegmentMs || group.length < 2) {
      parts.push(group);
      continue;
    }
    const place = placeOfSplit(group);
    left.push(group.slice(place), group.slice(0, place));
  }
  return parts;
}

function placeOfSplit(words: readonly RecognisedWord[]): number {
  const [first, last] = [words[0], words.at(-1)];
  const middleMs = ((first?.startMs ?? 0) + (last?.endMs ?? 0)) / 2;
  let best = 1;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let index = 1; index < words.length; index++) {
    const [before, after] = [words[index - 1], words[index]];
    if (!before || !after) continue;
    const score = after.startMs - before.endMs - Math.abs(after.startMs - middleMs) / 20;
    if (score > bestScore) [best, bestScore] = [index, score];
  }
  return best;
}

function lengthOf(words: readonly RecognisedWord[]): number {
  return (words.at(-1)?.endMs ?? 0) - (words[0]?.startMs ?? 0);
}

function toSegment(given: RecognisedWord[]): RecognisedSegment {
  const words = given.map((word, index) => (index === 0 ? { ...word, text: capital(word.text) } : word));
  return {
    startMs: words[0]?.startMs ?? 0,
    // Words of others may overlap: the last to begin is not always the last to end.
    endMs: words.reduce((latest, { endMs }) => Math.max(latest, endMs), 0),
    text: words.map(({ text }) => text).join(' '),
    speaker: null,
    confidence: meanConfidence(words),
    words,
  };
}

/** The mean of those that are known, to three digits; null when none is. */
export function meanConfidence(words: readonly RecognisedWord[]): number | null {
  const known = words.map(({ confidence }) => confidence).filter((confidence) => confidence !== null);
  if (known.length === 0) return null;
  return Math.round((known.reduce((sum, each) => sum + each, 0) / known.length) * 1000) / 1000;
}

function capital(text: string): string {
  const [first = '', ...rest] = text;
  return first.toUpperCase() + rest.join('');
}
