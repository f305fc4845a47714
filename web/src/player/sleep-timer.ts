import type { Player } from './player.ts';
import { trackKey } from './track.ts';

/** When to stop: an instant (ms), or a second of the track that plays. */
type Until = { kind: 'clock'; atMs: number } | { kind: 'place'; track: string; seconds: number };

/** What the timer needs of a player. */
type Sleeper = Pick<Player, 'getState' | 'now' | 'pause'> & { habits: Pick<Player['habits'], 'fade'> };

export interface SleepState {
  /** What was asked for: a number of minutes, the end of the sound or of its chapter; null: play on. */
  wanted: number | 'end' | 'chapter' | null;
  /** Of the listener's time, as far as it is known now. */
  leftSeconds: number | null;
}

const fadeSeconds = 12;
const tickMs = 250;
const passedSeconds = 3;

/** How loud the sound still is when so much is left: the ear hears ratios, hence the square. */
export function fadeAt(leftSeconds: number): number {
  const share = Math.min(1, Math.max(0, leftSeconds / fadeSeconds));
  return share * share;
}

/** Puts the player to sleep: the sound sinks away, then pauses, and is as loud as before at the next play. */
export class SleepTimer {
  #state: SleepState = { wanted: null, leftSeconds: null };
  #until: Until | null = null;
  #ticking: ReturnType<typeof setInterval> | undefined;
  readonly #player: Sleeper;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();

  constructor(player: Sleeper, now: () => number = Date.now) {
    this.#player = player;
    this.#now = now;
  }

  readonly getState = (): SleepState => this.#state;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  afterMinutes(minutes: number): void {
    this.#arm(minutes, { kind: 'clock', atMs: this.#now() + minutes * 60_000 });
  }

  /** Stops at a second of what plays now: where it ends, or its chapter does. */
  atPlace(wanted: 'end' | 'chapter', seconds: number): void {
    const { track } = this.#player.getState();
    if (track !== null) this.#arm(wanted, { kind: 'place', track: trackKey(track), seconds });
  }

  cancel(): void {
    clearInterval(this.#ticking);
    this.#until = null;
    this.#player.habits.fade(1);
    this.#set({ wanted: null, leftSeconds: null });
  }

  #arm(wanted: SleepState['wanted'], until: Until): void {
    this.cancel();
    this.#until = until;
    this.#set({ wanted, leftSeconds: null });
    this.#ticking = setInterval(() => this.#tick(), tickMs);
    this.#tick();
  }

  #set(state: SleepState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #tick(): void {
    const left = this.#leftSeconds();
    // Far beyond the place: the listener went there, and wants to hear.
    const isPassed = left === null || left < -passedSeconds;
    if (!isPassed && left > 0) {
      this.#player.habits.fade(fadeAt(left));
      const leftSeconds = Math.ceil(left);
      if (leftSeconds !== this.#state.leftSeconds) this.#set({ ...this.#state, leftSeconds });
      return;
    }
    if (!isPassed) this.#player.pause();
    this.cancel();
  }

  /** Null when there is nothing to wait for: another sound plays, or none. */
  #leftSeconds(): number | null {
    const { track, rate } = this.#player.getState();
    if (this.#until === null || track === null) return null;
    if (this.#until.kind === 'clock') return (this.#until.atMs - this.#now()) / 1000;
    if (trackKey(track) !== this.#until.track) return null;
    // A little early: what comes after must not be heard, nor begin by itself.
    return (this.#until.seconds - 0.3 - this.#player.now()) / rate;
  }
}
