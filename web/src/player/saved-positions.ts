import type { KeptHere } from '../kept-here.ts';
import { type Track, trackKey } from './track.ts';

const storedUnder = 'antenne.positions';
const keptPositions = 200;

type Saved = Record<string, { seconds: number; at: number }>;

/** Where each sound was left, newest first to be kept; in the browser alone. */
export interface SavedPositions {
  get(key: string): number | null;
  save(key: string, seconds: number, durationSeconds: number): void;
}

function isSaved(value: unknown): value is Saved {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function read(storage: KeptHere): Saved {
  try {
    const value: unknown = JSON.parse(storage.getItem(storedUnder) ?? '{}');
    return isSaved(value) ? value : {};
  } catch {
    return {};
  }
}

/** The first and the last seconds are not worth a return: one begins again. */
export function isWorthResuming(seconds: number, durationSeconds: number): boolean {
  return seconds >= 10 && (durationSeconds <= 0 || seconds < durationSeconds - 15);
}

export function createSavedPositions(storage: KeptHere, now: () => number = Date.now): SavedPositions {
  return {
    get: (key) => {
      const seconds = read(storage)[key]?.seconds;
      return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : null;
    },
    save: (key, seconds, durationSeconds) => {
      const all = read(storage);
      if (isWorthResuming(seconds, durationSeconds)) all[key] = { seconds, at: now() };
      else delete all[key];
      const newest = Object.entries(all).sort(([, a], [, b]) => b.at - a.at);
      try {
        storage.setItem(storedUnder, JSON.stringify(Object.fromEntries(newest.slice(0, keptPositions))));
      } catch {
        // Storage full or refused: listening goes on, only the return is lost.
      }
    },
  };
}

const saveEverySeconds = 5;

/** Keeps the place of what plays: now and then, and whenever it is left. */
export class PlaceKeeper {
  readonly #positions: SavedPositions;
  #savedAtSeconds = 0;

  constructor(positions: SavedPositions) {
    this.#positions = positions;
  }

  /** What is played from here on has nothing to keep yet. */
  beginAt(seconds: number): void {
    this.#savedAtSeconds = seconds;
  }

  isDue(seconds: number): boolean {
    return Math.abs(seconds - this.#savedAtSeconds) >= saveEverySeconds;
  }

  save(track: Track | null, seconds: number, durationSeconds: number): void {
    if (track === null) return;
    this.#savedAtSeconds = seconds;
    this.#positions.save(trackKey(track), seconds, durationSeconds);
  }
}
