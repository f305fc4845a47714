/** What the player does when its element tells something. */
export interface AudioReactions {
  onMetadata(): void;
  onDuration(seconds: number): void;
  onTime(): void;
  onPlaying(): void;
  onWaiting(): void;
  /** Paused, by us or by a headset. */
  onPause(): void;
  onEnded(): void;
  onBroken(error: MediaError): void;
  /** The network is said to be back. */
  onOnline(): void;
  /** The page may not be there any more in a moment. */
  onLeaving(): void;
}

/** Ties an element and its page to the player, for good: both live as long as the window. */
export function listenToAudio(audio: HTMLAudioElement, reactions: AudioReactions): void {
  const on = (name: keyof HTMLMediaElementEventMap, react: () => void) => audio.addEventListener(name, react);
  on('loadedmetadata', reactions.onMetadata);
  on('durationchange', () => {
    if (Number.isFinite(audio.duration) && audio.duration > 0) reactions.onDuration(audio.duration);
  });
  on('timeupdate', reactions.onTime);
  on('playing', reactions.onPlaying);
  on('waiting', reactions.onWaiting);
  on('pause', reactions.onPause);
  on('ended', reactions.onEnded);
  on('error', () => audio.error !== null && reactions.onBroken(audio.error));
  addEventListener('online', reactions.onOnline);
  addEventListener('pagehide', reactions.onLeaving);
}

/** Without a gesture of the listener browsers keep silent: it waits, ready, for one. */
export function startSound(audio: HTMLAudioElement, onRefused: () => void): void {
  audio.play().catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'NotAllowedError') onRefused();
  });
}
