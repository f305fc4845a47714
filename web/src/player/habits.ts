import type { KeptHere } from '../kept-here.ts';
import type { PlayerState, PlayerStore } from './player-state.ts';

/** The speeds that < and > go through. */
export const rates = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];

type Kept = Pick<PlayerState, 'rate' | 'volume' | 'isMuted' | 'wantedQuality'>;

const rateStoredUnder = 'antenne.rate';
const volumeStoredUnder = 'antenne.volume';
const qualityStoredUnder = 'antenne.quality';

/** The listener's habits of the last visit, or the usual ones. */
export function storedHabits(storage: KeptHere): Kept {
  const rate = Number(storage.getItem(rateStoredUnder));
  const [volume, muted] = (storage.getItem(volumeStoredUnder) ?? '1').split(' ');
  const level = Number(volume);
  return {
    rate: rates.includes(rate) ? rate : 1,
    volume: level >= 0 && level <= 1 ? level : 1,
    isMuted: muted === 'muted',
    wantedQuality: storage.getItem(qualityStoredUnder) ?? 'auto',
  };
}

/** How one listens: speed, volume, quality; kept in this browser from visit to visit. */
export class Habits {
  readonly #store: PlayerStore;
  readonly #audio: HTMLAudioElement;
  readonly #storage: KeptHere;

  constructor(store: PlayerStore, audio: HTMLAudioElement, storage: KeptHere) {
    this.#store = store;
    this.#audio = audio;
    this.#storage = storage;
    this.fade(1);
  }

  setRate(rate: number): void {
    this.#keep({ rate });
    this.applyRate();
  }

  /** One step along the speeds, up or down. */
  stepRate(direction: 1 | -1): void {
    const next = rates[rates.indexOf(this.#store.get().rate) + direction];
    if (next !== undefined) this.setRate(next);
  }

  /** An element forgets its speed with each new source. */
  applyRate(): void {
    const { rate } = this.#store.get();
    this.#audio.defaultPlaybackRate = rate;
    this.#audio.playbackRate = rate;
    this.#audio.preservesPitch = true;
  }

  /** 0 to 1; whoever moves it wants to hear. */
  setVolume(volume: number): void {
    this.#keep({ volume: Math.min(1, Math.max(0, volume)), isMuted: false });
    this.fade(1);
  }

  toggleMute(): void {
    this.#keep({ isMuted: !this.#store.get().isMuted });
    this.fade(1);
  }

  /** Sounds at a part of the listener's volume, which stays as it is. */
  fade(part: number): void {
    const { volume, isMuted } = this.#store.get();
    this.#audio.volume = volume * part;
    this.#audio.muted = isMuted;
  }

  wantQuality(wantedQuality: string): void {
    this.#keep({ wantedQuality });
  }

  #keep(change: Partial<Kept>): void {
    this.#store.set(change);
    const { rate, volume, isMuted, wantedQuality } = this.#store.get();
    try {
      this.#storage.setItem(rateStoredUnder, String(rate));
      this.#storage.setItem(volumeStoredUnder, isMuted ? `${volume} muted` : String(volume));
      this.#storage.setItem(qualityStoredUnder, wantedQuality);
    } catch {
      // Storage full or refused: it holds for this visit.
    }
  }
}
