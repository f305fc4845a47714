import type { Quality, QualityChoice } from './player-state.ts';
import type { Source } from './track.ts';

/** What an element plays from until it is detached. */
export interface Attached {
  /** Goes on in a quality, or in the one that the measured line carries. */
  choose(choice: QualityChoice): void;
  /** Lets go of the element; what it plays from next is someone else's. */
  detach(): void;
}

/** How a source is begun, and what it tells. */
export interface Attaching {
  atSeconds: number;
  choice: QualityChoice;
  /** Where the measured line left off: a quality whose like is played; null: the best for most lines. */
  near: string | null;
  /** Best first. */
  onQualities(qualities: Quality[]): void;
  onHeard(quality: string): void;
  /** Needs a fresh address; the code is that of a media element's error. */
  onLost(mediaErrorCode: number): void;
  /** What is wanted can't follow what plays: begin again at this second, near a quality where one is named. */
  onAnew(near: string | null): void;
  /** Adaptive streaming does not play here, now: the plain file will. */
  onUnplayable(): void;
}

const playlistType = 'application/vnd.apple.mpegurl';

/** What is told late, of a sound left meanwhile, is not heard. */
function whileCurrent(attaching: Attaching, isLeft: () => boolean): Attaching {
  const { onQualities, onHeard, onLost, onAnew, onUnplayable } = attaching;
  return {
    ...attaching,
    onQualities: (qualities) => isLeft() || onQualities(qualities),
    onHeard: (quality) => isLeft() || onHeard(quality),
    onLost: (code) => isLeft() || onLost(code),
    onAnew: (near) => isLeft() || onAnew(near),
    onUnplayable: () => isLeft() || onUnplayable(),
  };
}

const plain = (audio: HTMLAudioElement, url: string): Attached => {
  audio.src = url;
  return { choose: () => undefined, detach: () => undefined };
};

/** Fetches the program of adaptive streaming before the press that is likely to follow. */
export function warmUpStreaming(): void {
  import('./hls-source.ts').catch(() => undefined);
}

/**
 * Gives an element its sound: by adaptive streaming where there are qualities to choose from, else from the file.
 * The program that does it comes with the first such sound; where it can't come, the file plays.
 */
export async function attachSource(
  audio: HTMLAudioElement,
  source: Source,
  attaching: Attaching,
  isLeft: () => boolean,
): Promise<Attached | null> {
  if (source.hlsUrl === null) return plain(audio, source.url);
  const loaded = await import('./hls-source.ts').catch(() => null);
  // Another sound was asked for meanwhile: this one must not touch the element any more.
  if (isLeft()) return null;
  if (loaded?.canAttachHls() === true)
    return loaded.attachHls(audio, source.hlsUrl, whileCurrent(attaching, isLeft));
  // A browser without media sources (an iPhone of some years ago) chooses the quality by itself.
  const isNative = audio.canPlayType(playlistType) !== '';
  return plain(audio, isNative ? source.hlsUrl : source.url);
}
