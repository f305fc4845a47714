/** What the player does when its element tells something. */
export interface AudioReactions {
  onMetadata(): void;
  onDuration(): void;
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
  on('durationchange', reactions.onDuration);
  on('timeupdate', reactions.onTime);
  on('playing', reactions.onPlaying);
  on('waiting', reactions.onWaiting);
  on('pause', reactions.onPause);
  on('ended', reactions.onEnded);
  on('error', () => audio.error !== null && reactions.onBroken(audio.error));
  addEventListener('online', reactions.onOnline);
  addEventListener('pagehide', reactions.onLeaving);
}
