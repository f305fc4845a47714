import type { Clock } from '../../kernel/clock.ts';

/** Totals of lists, kept for seconds: counting a long list costs more than reading one page of it. */
export interface Totals {
  /** The total of a list, counted at most once at a time and then remembered for a moment. */
  get(organisationId: string, list: string, count: () => Promise<number>): Promise<number>;
  /** Something of the organisation has changed here: count again. */
  forget(organisationId: string): void;
}

interface Kept {
  organisationId: string;
  total: Promise<number>;
  untilMs: number;
}

const KEPT_FOR_MS = 5_000;
const MOST_LISTS = 2_000;

/** Another process's changes show after `keptForMs` at the latest; this one's at once. */
export function createTotals(clock: Clock, keptForMs = KEPT_FOR_MS, mostLists = MOST_LISTS): Totals {
  const kept = new Map<string, Kept>();

  function remember(key: string, entry: Kept): void {
    kept.delete(key);
    kept.set(key, entry);
    const oldest = kept.keys().next();
    if (kept.size > mostLists && !oldest.done) kept.delete(oldest.value);
  }

  return {
    get: (organisationId, list, count) => {
      const key = `${organisationId} ${list}`;
      const known = kept.get(key);
      if (known && clock.now() < known.untilMs) return known.total;
      const entry = { organisationId, total: count(), untilMs: clock.now() + keptForMs };
      remember(key, entry);
      entry.total.catch(() => {
        if (kept.get(key) === entry) kept.delete(key);
      });
      return entry.total;
    },
    forget: (organisationId) => {
      for (const [key, entry] of kept) if (entry.organisationId === organisationId) kept.delete(key);
    },
  };
}
