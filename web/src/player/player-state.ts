import type { KeptHere } from '../kept-here.ts';
import type { SavedPositions } from './saved-positions.ts';
import type { Source, Track } from './track.ts';

export type Phase = 'empty' | 'loading' | 'playing' | 'paused' | 'recovering' | 'failed';

/** One of the qualities that a sound is there in, by its name of the HLS addresses. */
export interface Quality {
  name: string;
  kbps: number;
}

/** A quality by name, or the one that the measured line carries. */
export type QualityChoice = 'auto' | (string & {});

export interface PlayerState {
  track: Track | null;
  phase: Phase;
  /** Renewed a few times a second; `player.now()` is exact. */
  positionSeconds: number;
  durationSeconds: number;
  rate: number;
  /** 0 to 1. */
  volume: number;
  isMuted: boolean;
  /** What the listener wants; a sound without that quality plays by the measured line. */
  wantedQuality: QualityChoice;
  /** Best first; empty for a sound that plays from one file. */
  qualities: Quality[];
  /** The name of the quality that is heard, where there are several. */
  heardQuality: string | null;
  /** What plays when this ends. */
  next: Track[];
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

/** The state, and who follows it. */
export class PlayerStore {
  #state: PlayerState;
  readonly #listeners = new Set<() => void>();

  constructor(state: PlayerState) {
    this.#state = state;
  }

  readonly get = (): PlayerState => this.#state;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  set(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** What a player with nothing on it shows. */
export const nothingOn = {
  track: null,
  phase: 'empty',
  positionSeconds: 0,
  durationSeconds: 0,
  qualities: [],
  heardQuality: null,
  next: [],
  problem: null,
} satisfies Partial<PlayerState>;

/** What a sound that begins, again perhaps, has not told yet. */
export const begun = { heardQuality: null, problem: null } satisfies Partial<PlayerState>;
