import type { PlayerStore } from './player-state.ts';
import { type Track, trackKey } from './track.ts';

const longestQueue = 50;

/** What plays when the present sound ends. */
export class UpNext {
  readonly #store: PlayerStore;

  constructor(store: PlayerStore) {
    this.#store = store;
  }

  /** Puts a track last; one that waits already goes there. */
  add(track: Track): void {
    this.#store.set({ next: [...this.#without(track), track].slice(-longestQueue) });
  }

  drop(track: Track): void {
    const next = this.#without(track);
    if (next.length < this.#store.get().next.length) this.#store.set({ next });
  }

  first(): Track | undefined {
    return this.#store.get().next[0];
  }

  #without(track: Track): Track[] {
    return this.#store.get().next.filter((each) => trackKey(each) !== trackKey(track));
  }
}
