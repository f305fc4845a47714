import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/db.ts';
import { readExtent } from './postings-repo.ts';

/** How much an organisation has to search; at most some seconds old, since it only chooses the way. */
export interface Extents {
  of(read: Db['read'], organisationId: string): Promise<Extent>;
}

/** All segments, and the day (since 1970) from which on the newest stretch lies; null when that is everything. */
export interface Extent {
  segments: number;
  since: number | null;
  /** What the newest stretch has to give before older ones are left out. */
  enough: number;
}

/** The newest stretch: about as much as is matched in a few dozen milliseconds for the most frequent words. */
export const STRETCH_SEGMENTS = 2_000_000;
const ENOUGH_RESULTS = 2_000;
const KEPT_MS = 30_000;
const MOST_KEPT = 10_000;

export function createExtents(
  clock: Clock,
  stretchSegments = STRETCH_SEGMENTS,
  enough = ENOUGH_RESULTS,
): Extents {
  const kept = new Map<string, { extent: Extent; untilMs: number }>();
  return {
    of: async (read, organisationId) => {
      const known = kept.get(organisationId);
      if (known && clock.now() < known.untilMs) return known.extent;
      const extent = { ...(await readExtent(read, organisationId, stretchSegments)), enough };
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(organisationId, { extent, untilMs: clock.now() + KEPT_MS });
      return extent;
    },
  };
}
