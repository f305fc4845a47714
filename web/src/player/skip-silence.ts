import type { KeptHere } from '../kept-here.ts';
import type { Player } from './player.ts';
import { leapFrom, type Silence } from './silences.ts';

const storedUnder = 'antenne.skip-silence';

export interface SilenceSkipState {
  isOn: boolean;
  /** The listener's own time that was saved since the page was opened. */
  savedSeconds: number;
}

interface SilenceSkipParts {
  player: Pick<Player, 'getState' | 'subscribe' | 'now' | 'seek'>;
  storage: KeptHere;
  /** The measured silences of a recording; none when there are none to be had. */
  read(recordingId: string): Promise<readonly Silence[]>;
}

/** Leaves out what is silent while it plays, as long as the listener wants it. */
export class SilenceSkip {
  #state: SilenceSkipState;
  readonly #parts: SilenceSkipParts;
  readonly #listeners = new Set<() => void>();
  #recordingId: string | null = null;
  #silences: readonly Silence[] = [];

  constructor(parts: SilenceSkipParts) {
    this.#parts = parts;
    this.#state = { isOn: parts.storage.getItem(storedUnder) === 'yes', savedSeconds: 0 };
    parts.player.subscribe(() => this.#follow());
  }

  readonly getState = (): SilenceSkipState => this.#state;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  toggle(): void {
    const isOn = !this.#state.isOn;
    this.#parts.storage.setItem(storedUnder, isOn ? 'yes' : 'no');
    this.#set({ ...this.#state, isOn });
    this.#follow();
  }

  #set(state: SilenceSkipState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #follow(): void {
    if (!this.#state.isOn) return;
    const { player } = this.#parts;
    const { track, phase, rate } = player.getState();
    const recordingId = track?.recordingId ?? null;
    if (recordingId !== this.#recordingId) void this.#learn(recordingId);
    if (phase !== 'playing') return;
    const seconds = player.now();
    const landing = leapFrom(this.#silences, seconds);
    if (landing === null) return;
    this.#set({ ...this.#state, savedSeconds: this.#state.savedSeconds + (landing - seconds) / rate });
    player.seek(landing);
  }

  async #learn(recordingId: string | null): Promise<void> {
    this.#recordingId = recordingId;
    this.#silences = [];
    if (recordingId === null) return;
    // Without them all of it is heard, which is no fault.
    const silences = await this.#parts.read(recordingId).catch(() => []);
    if (recordingId === this.#recordingId) this.#silences = silences;
  }
}
