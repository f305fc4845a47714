import { useDeferredValue, useMemo, useState } from 'react';
import { type Found, findAll, type Range, readFindQuery } from './find-words.ts';
import type { Segment } from './transcript.ts';

interface Find {
  marks: ReadonlyMap<number, Range[]>;
  found: readonly Found[];
  /** Which of the found one is at; −1 before the first step. */
  at: number;
  /** Goes one on or back, round the end; from where the reader is, at first. */
  step(direction: 1 | -1, fromSegment: number): Found | null;
}

/** The place to go to from the one before: round the end, or the first at or after a segment. */
export function nextFound(
  found: readonly Found[],
  at: number,
  direction: 1 | -1,
  fromSegment: number,
): number {
  if (found.length === 0) return -1;
  if (at >= 0) return (at + direction + found.length) % found.length;
  const after = found.findIndex(({ segment }) => segment >= fromSegment);
  if (direction === 1) return after < 0 ? 0 : after;
  return (after < 0 ? found.length : after + found.length - 1) % found.length;
}

/** What the text has of the words looked for, and where one is among them. */
export function useFind(segments: readonly Segment[], q: string): Find {
  const wanted = useDeferredValue(q);
  const { found, ranges } = useMemo(() => findAll(segments, readFindQuery(wanted)), [segments, wanted]);
  const [place, setPlace] = useState({ found, at: -1 });
  const at = place.found === found ? place.at : -1;
  return {
    marks: ranges,
    found,
    at,
    step: (direction, fromSegment) => {
      const next = nextFound(found, at, direction, fromSegment);
      setPlace({ found, at: next });
      return found[next] ?? null;
    },
  };
}
