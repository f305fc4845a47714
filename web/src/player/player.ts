import { ApiProblem } from '@antenne/client';
import { type Attached, type Attaching, attachSource } from './attach-source.ts';
import { listenToAudio, startSound } from './audio-events.ts';
import { Habits, storedHabits } from './habits.ts';
import { begun, nothingOn, type PlayerParts, PlayerStore, type QualityChoice } from './player-state.ts';
import { Recovery } from './recovery.ts';
import { PlaceKeeper } from './saved-positions.ts';
import { isSameFile, isStale, placeWithin, type Source, type Track, trackKey } from './track.ts';
import { UpNext } from './up-next.ts';

/** The one player of the page. It owns the audio element, lives above the router and outlives every page. */
export class Player {
  readonly habits: Habits;
  readonly upNext: UpNext;
  readonly getState: PlayerStore['get'];
  readonly subscribe: PlayerStore['subscribe'];
  readonly #parts: PlayerParts;
  readonly #store: PlayerStore;
  readonly #recovery = new Recovery();
  readonly #keeper: PlaceKeeper;
  #source: Source | null = null;
  #attached: Attached | null = null;
  /** Rises with each load, so that an answer for a track left meanwhile is dropped. */
  #loading = 0;
  /** What the listener asked for, whatever the network does. */
  #wantsSound = false;
  /** Failed for want of a network: worth another try when it is back. */
  #isCutOff = false;
  /** Adaptive streaming failed for this track: it plays from its file. */
  #isPlainOnly = false;
  /** The quality that a slow line has come down to. */
  #near: string | null = null;
  #seekWhenReady: number | null = null;

  constructor(parts: PlayerParts) {
    this.#parts = parts;
    this.#keeper = new PlaceKeeper(parts.positions);
    this.#store = new PlayerStore({ ...nothingOn, ...storedHabits(parts.storage) });
    this.habits = new Habits(this.#store, parts.audio, parts.storage);
    this.upNext = new UpNext(this.#store);
    this.getState = this.#store.get;
    this.subscribe = this.#store.subscribe;
    this.#listen();
  }

  /** The exact second of this moment, for what is drawn on every frame. */
  now(): number {
    if (this.#seekWhenReady !== null) return this.#seekWhenReady;
    return this.#source === null ? this.getState().positionSeconds : this.#parts.audio.currentTime;
  }

  isCurrent(track: Pick<Track, 'kind' | 'id'>): boolean {
    const { track: current } = this.getState();
    return current !== null && trackKey(current) === trackKey(track);
  }

  /** Where a track would begin: the place it is at, the place it was left, or the start. */
  startOf(track: Pick<Track, 'kind' | 'id'>): number {
    return this.isCurrent(track) ? this.now() : (this.#parts.positions.get(trackKey(track)) ?? 0);
  }

  /** Plays a track from a second, or from where it was left; another file of the same one goes on where it is. */
  play(track: Track, atSeconds?: number): void {
    const { track: current } = this.getState();
    if (current === null || !this.isCurrent(track) || !isSameFile(track, current)) {
      // Emptied inside the listener's own gesture: some browsers refuse the sound that comes later otherwise.
      const isOver = this.#parts.audio.ended && this.isCurrent(track);
      const start = atSeconds ?? (isOver ? 0 : this.startOf(track));
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
    const { track, phase } = this.getState();
    if (track === null) return;
    this.#wantsSound = true;
    const isSpent = this.#source === null || isStale(this.#source, Date.now());
    if (isSpent || phase === 'failed' || phase === 'recovering') {
      this.#recovery.forget();
      this.#begin(track, this.now(), true);
    } else {
      if (this.#parts.audio.ended) this.#parts.audio.currentTime = 0;
      this.#start();
    }
  }

  pause(): void {
    this.#wantsSound = false;
    this.#recovery.stopWaiting();
    this.#parts.audio.pause();
    const { phase } = this.getState();
    if (phase !== 'empty' && phase !== 'failed') this.#store.set({ phase: 'paused' });
    this.#savePosition();
  }

  toggle(): void {
    if (this.#wantsSound) this.pause();
    else this.resume();
  }

  seek(seconds: number): void {
    const { durationSeconds, track } = this.getState();
    if (track === null) return;
    const { audio } = this.#parts;
    const wanted = placeWithin(seconds, durationSeconds);
    const isReady = this.#source !== null && audio.readyState !== HTMLMediaElement.HAVE_NOTHING;
    if (isReady) audio.currentTime = wanted;
    else this.#seekWhenReady = wanted;
    this.#store.set({ positionSeconds: wanted });
  }

  skip(seconds: number): void {
    this.seek(this.now() + seconds);
  }

  chooseQuality(wantedQuality: QualityChoice): void {
    this.habits.wantQuality(wantedQuality);
    this.#attached?.choose(wantedQuality);
  }

  /** Puts the player away; where it was is kept. */
  close(): void {
    this.pause();
    this.#loading += 1;
    this.#release();
    this.#store.set(nothingOn);
  }

  #detach(): void {
    this.#attached?.detach();
    this.#attached = null;
    this.#source = null;
  }

  #release(): void {
    this.#detach();
    this.#seekWhenReady = null;
    this.#recovery.stopWaiting();
    this.#parts.audio.removeAttribute('src');
    this.#parts.audio.load();
  }

  #begin(track: Track, atSeconds: number, wantsSound: boolean): void {
    const samePlace = this.isCurrent(track);
    if (!samePlace) {
      this.#savePosition();
      this.#recovery.forget();
      this.#isPlainOnly = false;
      this.#near = null;
    }
    this.#recovery.stopWaiting();
    this.#wantsSound = wantsSound;
    this.#isCutOff = false;
    this.#keeper.beginAt(atSeconds);
    const phase = this.#recovery.isUnderWay ? 'recovering' : wantsSound ? 'loading' : 'paused';
    const known = samePlace ? {} : { durationSeconds: track.durationSeconds ?? 0, qualities: [] };
    this.#store.set({ ...begun, ...known, track, phase, positionSeconds: atSeconds });
    this.upNext.drop(track);
    void this.#load(track, atSeconds);
  }

  async #load(track: Track, atSeconds: number): Promise<void> {
    this.#loading += 1;
    const thisLoad = this.#loading;
    const isLeft = () => thisLoad !== this.#loading;
    this.#detach();
    this.#seekWhenReady = atSeconds;
    try {
      const opened = await this.#parts.open(track);
      if (isLeft()) return;
      const source = this.#isPlainOnly ? { ...opened, hlsUrl: null } : opened;
      if (source.hlsUrl === null) this.#store.set({ qualities: [] });
      const attached = await attachSource(this.#parts.audio, source, this.#attaching(atSeconds), isLeft);
      if (attached === null) return;
      this.#source = source;
      this.#attached = attached;
      this.habits.applyRate();
      if (this.#wantsSound) this.#start();
    } catch (error) {
      if (isLeft()) return;
      // A refusal is an answer; silence is not, and the network may come back.
      if (error instanceof ApiProblem && error.status < 500) this.#fail(error, false);
      else this.#recover(2, error);
    }
  }

  #attaching(atSeconds: number): Attaching {
    return {
      atSeconds,
      choice: this.getState().wantedQuality,
      near: this.#near,
      onQualities: (qualities) => this.#store.set({ qualities }),
      onHeard: (heardQuality) => this.#store.set({ heardQuality }),
      onLost: (code) => this.#recover(code, null),
      onAnew: (near) => {
        this.#near = near;
        this.#beginAnew();
      },
      onUnplayable: () => {
        this.#isPlainOnly = true;
        this.#beginAnew();
      },
    };
  }

  /** From where it is, as it is wanted now. */
  #beginAnew(): void {
    const { track } = this.getState();
    if (track !== null) this.#begin(track, this.now(), this.#wantsSound);
  }

  #start(): void {
    startSound(this.#parts.audio, () => {
      this.#wantsSound = false;
      this.#store.set({ phase: 'paused' });
    });
  }

  #fail(problem: unknown, isCutOff: boolean): void {
    this.#recovery.stopWaiting();
    this.#isCutOff = isCutOff && this.#wantsSound;
    this.#wantsSound = false;
    this.#store.set({ phase: 'failed', problem });
  }

  /** Comes back to the same second with a fresh address, a little later each time. */
  #recover(mediaErrorCode: number, problem: unknown): void {
    const { track } = this.getState();
    if (track === null) return;
    const at = this.now();
    if (this.#recovery.tryLater(mediaErrorCode, () => this.#beginAnew())) {
      this.#detach();
      this.#store.set({ phase: 'recovering', positionSeconds: at });
    } else this.#fail(problem, mediaErrorCode === 2);
  }

  #savePosition(): void {
    const { track, durationSeconds } = this.getState();
    this.#keeper.save(track, this.now(), durationSeconds);
  }

  #listen(): void {
    const { audio } = this.#parts;
    listenToAudio(audio, {
      onMetadata: () => {
        if (this.#seekWhenReady !== null && this.#source !== null) audio.currentTime = this.#seekWhenReady;
        this.#seekWhenReady = null;
      },
      onDuration: (durationSeconds) => this.#store.set({ durationSeconds }),
      onTime: () => {
        if (this.#seekWhenReady !== null || this.#source === null) return;
        const positionSeconds = audio.currentTime;
        this.#store.set({ positionSeconds });
        if (this.#keeper.isDue(positionSeconds)) this.#savePosition();
      },
      onPlaying: () => {
        this.#recovery.forget();
        this.#store.set({ phase: 'playing', problem: null });
      },
      onWaiting: () => {
        if (!this.#wantsSound || this.#source === null) return;
        this.#store.set({ phase: 'loading' });
        this.#recovery.watchStall(() => this.#recover(2, null));
      },
      // A headset or the system may pause without us; the page follows.
      onPause: () => {
        if (this.#source === null || audio.error !== null || audio.ended) return;
        if (this.getState().phase !== 'playing') return;
        this.#wantsSound = false;
        this.#store.set({ phase: 'paused' });
      },
      onEnded: () => {
        this.#wantsSound = false;
        this.#store.set({ phase: 'paused', positionSeconds: this.getState().durationSeconds });
        this.#savePosition();
        const next = this.upNext.first();
        if (next !== undefined) this.play(next);
      },
      onBroken: (error) => {
        if (this.#source !== null) this.#recover(error.code, error);
      },
      onOnline: () => {
        this.#wantsSound ||= this.#isCutOff;
        if (this.#isCutOff || this.getState().phase === 'recovering') this.#beginAnew();
      },
      onLeaving: () => this.#savePosition(),
    });
  }
}
