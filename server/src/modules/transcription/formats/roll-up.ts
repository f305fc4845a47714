import type { Cue } from './captions.ts';

/** Cues that follow one another at once; captions that roll leave no gap. */
const nextWithinMs = 100;
const fewestRolling = 4;

/**
 * Captions made by machines (YouTube's) often roll: each cue shows the last line of the one before it again. When most
 * cues of a file do, the repeated lines are taken out, so that every word is there once.
 */
export function withoutRollUp(cues: readonly Cue[]): Cue[] {
  const lines = cues.map(({ text }) => text.split('\n').map(plain));
  const rolls = cues.map((cue, index) => isRolling(cue, cues[index - 1], lines[index], lines[index - 1]));
  const rolling = rolls.filter((each) => each).length;
  const withMore = rolls.filter((each, index) => each && (lines[index]?.length ?? 0) > 1).length;
  // “Non.” said three times is no roll: nothing new comes below it.
  const isRoll = rolling >= fewestRolling && rolling * 2 >= cues.length && withMore * 3 >= rolling;
  if (!isRoll) return [...cues];
  return cues.flatMap((cue, index) => {
    if (!rolls[index]) return [cue];
    const text = cue.text.split('\n').slice(1).join('\n').trim();
    return text === '' ? [] : [{ ...cue, text }];
  });
}

function isRolling(cue: Cue, before: Cue | undefined, own: string[] = [], last: string[] = []): boolean {
  if (!before || cue.startMs > before.endMs + nextWithinMs || cue.startMs < before.startMs) return false;
  return own[0] !== '' && own[0] === last.at(-1);
}

/** A line without its tags, for comparison. */
function plain(line: string): string {
  return line
    .replace(/<[^<>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
