import { ApiProblem } from '@antenne/client';
import { type PlayerParts, type PlayerState, rateStoredUnder, rates, storedRate } from './player-state.ts';
import { canRecover, maxRecoveries, recoveryDelayMs } from './recovery.ts';
import { isStale, type Source, type Track, trackKey } from './track.ts';

const stallToleratedMs = 12_000;
const saveEverySeconds = 5;

/** The one player of the page. It owns the audio element, lives above the router and outlives every page. */
export class Player {
  #state: PlayerState;
  readonly #parts: PlayerParts;
  readonly #listeners = new Set<() => void>();
  #source: Source | null = null;
  /** Rises with each load, so that an answer for a track left meanwhile is dropped. */
  #loading = 0;
  /** What the listener asked for, whatever the network does. */
  #wantsSound = false;
  #seekWhenReady: number | null = null;
  #attempt = 0;
  #recoveryTimer: ReturnType<typeof setTimeout> | undefined;
  #stallTimer: ReturnType<typeof setTimeout> | undefined;
  #savedAtSeconds = 0;

  constructor(parts: PlayerParts) {
    this.#parts = parts;
    const rate = storedRate(parts.storage);
    this.#state = {
      track: null,
      phase: 'empty',
      positionSeconds: 0,
      durationSeconds: 0,
      rate,
      problem: null,
    };
    this.#listen();
  }

  readonly getState = (): PlayerState => this.#state;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  /** The exact second of this moment, for what is drawn on every frame. */
  now(): number {
    if (this.#seekWhenReady !== null) return this.#seekWhenReady;
    return this.#source === null ? this.#state.positionSeconds : this.#parts.audio.currentTime;
  }

  isCurrent(track: Pick<Track, 'kind' | 'id'>): boolean {
    return this.#state.track !== null && trackKey(this.#state.track) === trackKey(track);
  }

  /** Where a track would begin: the place it is at, the place it was left, or the start. */
  startOf(track: Pick<Track, 'kind' | 'id'>): number {
    return this.isCurrent(track) ? this.now() : (this.#parts.positions.get(trackKey(track)) ?? 0);
  }

  /** Plays a track from a second, or from where it was left. */
  play(track: Track, atSeconds?: number): void {
    if (!this.isCurrent(track)) {
      // Emptied inside the listener's own gesture: some browsers refuse the sound that comes later otherwise.
      const start = atSeconds ?? this.startOf(track);
      this.#savePosition();
      this.#release();
      this.#begin(track, start, true);
      return;
    }
    if (atSeconds !== undefined) this.seek(atSeconds);
    this.resume();
  }

  /** Puts a track on the player at a second, silent until asked; never takes the place of a playing one. */
  cue(track: Track, atSeconds: number): void {
    if (this.isCurrent(track)) this.seek(atSeconds);
    else if (!this.#wantsSound) this.#begin(track, atSeconds, false);
  }

  resume(): void {
    const { track, phase } = this.#state;
    if (track === null) return;
    this.#wantsSound = true;
    const broken = phase === 'failed' || phase === 'recovering' || this.#source === null;
    if (broken || (this.#source !== null && isStale(this.#source, Date.now()))) {
      this.#attempt = 0;
      this.#begin(track, this.now(), true);
    } else {
      if (this.#parts.audio.ended) this.#parts.audio.currentTime = 0;
      this.#start();
    }
  }

  pause(): void {
    this.#wantsSound = false;
    this.#stopWaiting();
    this.#parts.audio.pause();
    if (this.#state.phase !== 'empty' && this.#state.phase !== 'failed') this.#set({ phase: 'paused' });
    this.#savePosition();
  }

  toggle(): void {
    if (this.#wantsSound) this.pause();
    else this.resume();
  }

  seek(seconds: number): void {
    const { durationSeconds, track } = this.#state;
    if (track === null) return;
    const end = durationSeconds > 0 ? durationSeconds : Number.POSITIVE_INFINITY;
    const wanted = Math.min(Math.max(0, seconds), Math.max(0, end - 0.2));
    const { audio } = this.#parts;
    if (this.#source === null || audio.readyState === HTMLMediaElement.HAVE_NOTHING)
      this.#seekWhenReady = wanted;
    else audio.currentTime = wanted;
    this.#set({ positionSeconds: wanted });
  }

  skip(seconds: number): void {
    this.seek(this.now() + seconds);
  }

  setRate(rate: number): void {
    const { audio, storage } = this.#parts;
    audio.defaultPlaybackRate = rate;
    audio.playbackRate = rate;
    storage.setItem(rateStoredUnder, String(rate));
    this.#set({ rate });
  }

  /** One step along the speeds, up or down. */
  stepRate(direction: 1 | -1): void {
    const next = rates[rates.indexOf(this.#state.rate) + direction];
    if (next !== undefined) this.setRate(next);
  }

  /** Puts the player away; where it was is kept. */
  close(): void {
    this.pause();
    this.#loading += 1;
    this.#release();
    this.#set({ track: null, phase: 'empty', positionSeconds: 0, durationSeconds: 0, problem: null });
  }

  #set(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  #release(): void {
    this.#source = null;
    this.#seekWhenReady = null;
    this.#stopWaiting();
    this.#parts.audio.removeAttribute('src');
    this.#parts.audio.load();
  }

  #stopWaiting(): void {
    clearTimeout(this.#recoveryTimer);
    clearTimeout(this.#stallTimer);
  }

  #begin(track: Track, atSeconds: number, wantsSound: boolean): void {
    const samePlace = this.isCurrent(track);
    if (!samePlace) {
      this.#savePosition();
      this.#attempt = 0;
    }
    this.#stopWaiting();
    this.#wantsSound = wantsSound;
    this.#savedAtSeconds = atSeconds;
    this.#set({
      track,
      phase: this.#attempt > 0 ? 'recovering' : wantsSound ? 'loading' : 'paused',
      positionSeconds: atSeconds,
      durationSeconds: samePlace ? this.#state.durationSeconds : (track.durationSeconds ?? 0),
      problem: null,
    });
    void this.#load(track, atSeconds);
  }

  async #load(track: Track, atSeconds: number): Promise<void> {
    this.#loading += 1;
    const thisLoad = this.#loading;
    this.#seekWhenReady = atSeconds;
    const { audio, open } = this.#parts;
    try {
      const source = await open(track);
      if (thisLoad !== this.#loading) return;
      this.#source = source;
      audio.src = source.url;
      audio.defaultPlaybackRate = this.#state.rate;
      audio.playbackRate = this.#state.rate;
      if (this.#wantsSound) this.#start();
    } catch (error) {
      if (thisLoad !== this.#loading) return;
      // A refusal is an answer; silence is not, and the network may come back.
      if (error instanceof ApiProblem && error.status < 500) this.#fail(error);
      else this.#recover(2, error);
    }
  }

  #start(): void {
    this.#parts.audio.play().catch((error: unknown) => {
      // Without a gesture of the listener, browsers keep silent: it waits, ready, for one.
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      this.#wantsSound = false;
      this.#set({ phase: 'paused' });
    });
  }

  #fail(problem: unknown): void {
    this.#stopWaiting();
    this.#wantsSound = false;
    this.#set({ phase: 'failed', problem });
  }

  /** Comes back to the same second with a fresh address, a little later each time. */
  #recover(mediaErrorCode: number, problem: unknown): void {
    const { track } = this.#state;
    if (track === null) return;
    if (!canRecover(mediaErrorCode, this.#attempt)) {
      this.#fail(problem);
      return;
    }
    const at = this.now();
    this.#attempt = Math.min(this.#attempt + 1, maxRecoveries);
    this.#source = null;
    this.#stopWaiting();
    this.#set({ phase: 'recovering', positionSeconds: at });
    const again = () => this.#begin(track, at, this.#wantsSound);
    this.#recoveryTimer = setTimeout(again, recoveryDelayMs(this.#attempt));
  }

  #savePosition(): void {
    const { track, durationSeconds } = this.#state;
    if (track === null) return;
    this.#savedAtSeconds = this.now();
    this.#parts.positions.save(trackKey(track), this.#savedAtSeconds, durationSeconds);
  }

  #onMetadata(): void {
    const { audio } = this.#parts;
    if (this.#seekWhenReady !== null) audio.currentTime = this.#seekWhenReady;
    this.#seekWhenReady = null;
    if (Number.isFinite(audio.duration)) this.#set({ durationSeconds: audio.duration });
  }

  #onTime(): void {
    if (this.#seekWhenReady !== null || this.#source === null) return;
    const positionSeconds = this.#parts.audio.currentTime;
    this.#set({ positionSeconds });
    if (Math.abs(positionSeconds - this.#savedAtSeconds) >= saveEverySeconds) this.#savePosition();
  }

  #onWaiting(): void {
    if (!this.#wantsSound || this.#source === null) return;
    this.#set({ phase: 'loading' });
    clearTimeout(this.#stallTimer);
    this.#stallTimer = setTimeout(() => this.#recover(2, null), stallToleratedMs);
  }

  #listen(): void {
    const { audio } = this.#parts;
    const on = (name: keyof HTMLMediaElementEventMap, react: () => void) =>
      audio.addEventListener(name, react);
    on('loadedmetadata', () => this.#onMetadata());
    on('durationchange', () => {
      if (Number.isFinite(audio.duration) && audio.duration > 0)
        this.#set({ durationSeconds: audio.duration });
    });
    on('timeupdate', () => this.#onTime());
    on('playing', () => {
      this.#attempt = 0;
      clearTimeout(this.#stallTimer);
      this.#set({ phase: 'playing', problem: null });
    });
    on('waiting', () => this.#onWaiting());
    // A headset or the system may pause without us; the page follows.
    on('pause', () => {
      if (this.#source === null || audio.error !== null || audio.ended) return;
      if (this.#state.phase === 'playing') {
        this.#wantsSound = false;
        this.#set({ phase: 'paused' });
      }
    });
    on('ended', () => {
      this.#wantsSound = false;
      this.#set({ phase: 'paused', positionSeconds: this.#state.durationSeconds });
      this.#savePosition();
    });
    on('error', () => {
      if (this.#source !== null && audio.error !== null) this.#recover(audio.error.code, audio.error);
    });
    addEventListener('online', () => {
      const { track, phase } = this.#state;
      if (track !== null && phase === 'recovering') this.#begin(track, this.now(), this.#wantsSound);
    });
    addEventListener('pagehide', () => this.#savePosition());
  }
}
