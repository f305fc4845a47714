import type { Range } from './find-words.ts';

/** A piece of a text, all of it the same way. */
export interface Piece {
  from: number;
  text: string;
  /** Which of the marks it belongs to; null for none. */
  mark: number | null;
  isSpoken: boolean;
}

/** Cuts a text where a mark or the spoken word begins or ends. */
export function cutText(text: string, marks: readonly Range[], spoken: Range | null): Piece[] {
  const edges = new Set([0, text.length]);
  for (const { from, to } of spoken === null ? marks : [...marks, spoken]) edges.add(from).add(to);
  const cuts = [...edges].filter((at) => at >= 0 && at <= text.length).sort((a, b) => a - b);
  const covers = ({ from, to }: Range, at: number) => from <= at && at < to;
  return cuts.slice(0, -1).map((from, index) => {
    const mark = marks.findIndex((range) => covers(range, from));
    return {
      from,
      text: text.slice(from, cuts[index + 1]),
      mark: mark < 0 ? null : mark,
      isSpoken: spoken !== null && covers(spoken, from),
    };
  });
}
