import type { QueryClient } from '@tanstack/react-query';
import type { Track } from './track.ts';

/** A chapter of a recording, in seconds from its beginning. */
export interface Chapter {
  start: number;
  end: number;
  title: string;
}

interface Spoken {
  segments: { start: number; words: { start: number }[] | null }[];
}

/** A word that has just begun is the one that is heard: going back from it leads to the one before. */
const justBegunSeconds = 0.35;

/** The next of some sorted instants, or the last one before a second; null when there is none. */
export function stepAmong(starts: readonly number[], seconds: number, direction: 1 | -1): number | null {
  if (direction === 1) return starts.find((start) => start > seconds + 0.05) ?? null;
  return starts.findLast((start) => start < seconds - justBegunSeconds) ?? null;
}

const wordStarts = new WeakMap<object, number[]>();

/** Where each word begins; each sentence, where words have no times of their own. */
function wordStartsOf(spoken: Spoken): number[] {
  const known = wordStarts.get(spoken);
  if (known !== undefined) return known;
  const starts = spoken.segments.flatMap(({ start, words }) =>
    words === null || words.length === 0 ? [start] : words.map((word) => word.start),
  );
  wordStarts.set(spoken, starts);
  return starts;
}

/** The instants of a track that keys go to, as far as its page has brought them here. */
export function landmarksOf(queries: QueryClient, track: Track, kind: 'words' | 'chapters'): number[] {
  if (track.recordingId === null) return [];
  if (kind === 'chapters') {
    const chapters = queries.getQueryData<Chapter[]>(['chapters', track.recordingId]);
    return chapters?.map(({ start }) => start) ?? [];
  }
  const spoken = queries.getQueryData<Spoken | null>(['transcript', track.recordingId]);
  return spoken == null ? [] : wordStartsOf(spoken);
}
