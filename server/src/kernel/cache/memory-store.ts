import type { Clock } from '../clock.ts';
import type { CacheStore } from './cache-store.ts';

interface Kept {
  generation: string;
  value: string;
  untilMs: number;
  bytes: number;
}

/** What one process keeps, in bytes of text and what maps take for it. */
const MOST_BYTES = 32 * 1_048_576;
/** A larger one would push out many that are asked for more. */
const LARGEST_SHARE = 1 / 16;
const BYTES_AN_ENTRY = 200;

/** Keeps texts in this process; the one not used for longest goes first. `onHeld` is told what it holds. */
export function createMemoryStore(
  clock: Clock,
  {
    mostBytes = MOST_BYTES,
    onHeld,
  }: { mostBytes?: number; onHeld?: (entries: number, bytes: number) => void } = {},
): CacheStore {
  const kept = new Map<string, Kept>();
  const generations = new Map<string, number>();
  let epoch = 0;
  let total = 0;

  const generationOf = (organisationId: string) => `${epoch}.${generations.get(organisationId) ?? 0}`;

  function drop(key: string, entry: Kept): void {
    kept.delete(key);
    total -= entry.bytes;
  }

  function keep(key: string, entry: Kept): void {
    const before = kept.get(key);
    if (before) drop(key, before);
    if (entry.bytes > mostBytes * LARGEST_SHARE) return;
    kept.set(key, entry);
    total += entry.bytes;
    // A Map iterates in order of insertion, and each use inserts anew.
    for (const [oldest, value] of kept) {
      if (total <= mostBytes) break;
      drop(oldest, value);
    }
    onHeld?.(kept.size, total);
  }

  return {
    name: 'memory',
    get: async (organisationId, key) => {
      const generation = generationOf(organisationId);
      const entry = kept.get(key);
      if (!entry) return { generation, value: null };
      if (entry.generation !== generation || clock.now() >= entry.untilMs) {
        drop(key, entry);
        return { generation, value: null };
      }
      kept.delete(key);
      kept.set(key, entry);
      return { generation, value: entry.value };
    },
    set: async (organisationId, key, { generation, value, ttlMs }) => {
      if (generation !== generationOf(organisationId)) return;
      const bytes = 2 * (value.length + key.length) + BYTES_AN_ENTRY;
      keep(key, { generation, value, untilMs: clock.now() + ttlMs, bytes });
    },
    forget: async (organisationId) => {
      generations.set(organisationId, (generations.get(organisationId) ?? 0) + 1);
    },
    forgetAll: async () => {
      epoch += 1;
      kept.clear();
      total = 0;
      onHeld?.(0, 0);
    },
  };
}
