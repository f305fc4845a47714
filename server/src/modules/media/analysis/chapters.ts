import { cleanLine } from '../../../kernel/clean-line.ts';
import type { MarkedChapter } from '../../../kernel/media/marked-chapter.ts';

/** A stretch of a recording with a name. */
export interface Chapter {
  startMs: number;
  endMs: number;
  title: string;
}

const MOST_CHAPTERS = 1000;
const LONGEST_TITLE = 300;

/**
 * Marks of a source or a file as chapters: in order, none beginning where another does or behind the end, each until
 * the next begins unless it says so. `durationMs` null: not known yet.
 */
export function settleChapters(marks: readonly MarkedChapter[], durationMs: number | null): Chapter[] {
  const end = durationMs ?? Number.POSITIVE_INFINITY;
  const named = marks
    .map((mark) => ({ ...mark, title: [...cleanLine(mark.title)].slice(0, LONGEST_TITLE).join('') }))
    .filter(({ startMs, title }) => title !== '' && startMs >= 0 && startMs < end)
    .sort((one, other) => one.startMs - other.startMs)
    .filter(({ startMs }, index, all) => startMs !== all[index - 1]?.startMs)
    .slice(0, MOST_CHAPTERS);
  return named.map(({ startMs, endMs, title }, index) => {
    const nextMs = named[index + 1]?.startMs ?? (Number.isFinite(end) ? end : startMs);
    const statedMs = endMs ?? nextMs;
    return { startMs, endMs: Math.max(startMs, Math.min(statedMs, end)), title };
  });
}
