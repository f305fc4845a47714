import type { KeptHere } from '../kept-here.ts';
import type { SavedPositions } from './saved-positions.ts';
import type { Source, Track } from './track.ts';

export type Phase = 'empty' | 'loading' | 'playing' | 'paused' | 'recovering' | 'failed';

export interface PlayerState {
  track: Track | null;
  phase: Phase;
  /** Renewed a few times a second; `player.now()` is exact. */
  positionSeconds: number;
  durationSeconds: number;
  rate: number;
  /** Why it failed, when it did. */
  problem: unknown;
}

/** What the player is made of. */
export interface PlayerParts {
  audio: HTMLAudioElement;
  /** Asks the server for an address that plays now. */
  open(track: Track): Promise<Source>;
  positions: SavedPositions;
  storage: KeptHere;
}

/** The speeds that < and > go through. */
export const rates = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];

/** Where the speed of the last visit is kept. */
export const rateStoredUnder = 'antenne.rate';
/** The speed of the last visit, or the usual one. */
export function storedRate(storage: KeptHere): number {
  const rate = Number(storage.getItem(rateStoredUnder));
  return rates.includes(rate) ? rate : 1;
}
