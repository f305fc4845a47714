import Hls, { type ErrorData, type Level } from 'hls.js/light';
import type { Attached, Attaching } from './attach-source.ts';
import type { Quality } from './player-state.ts';
import { recoveryDelayMs } from './recovery.ts';

/** True where sound can be handed to the browser piece by piece. */
export const canAttachHls = (): boolean => Hls.isSupported();

const bufferAheadSeconds = 60;
const bufferBehindSeconds = 60;
const likelyBitsPerSecond = 1_000_000;

/** `/hls/0197…/medium/playlist.m3u8` → `medium`. */
const nameOf = (level: Level): string =>
  /\/([^/]+)\/[^/]+$/.exec(new URL(level.url[0] ?? '', location.href).pathname)?.[1] ?? '';
const qualityOf = (level: Level): Quality => ({
  name: nameOf(level),
  kbps: Math.round(level.bitrate / 1000),
});

/** Plays an element by HLS. What is buffered goes on to sound while the network is away. */
export function attachHls(audio: HTMLAudioElement, url: string, attaching: Attaching): Attached {
  const { atSeconds, choice, onQualities, onHeard } = attaching;
  const hls = new Hls({
    // The page's policy lets no program be made from text, which the worker would be; sound alone is light work.
    enableWorker: false,
    startPosition: atSeconds,
    // The first piece comes in a quality that most lines carry, and measures this one.
    testBandwidth: false,
    abrEwmaDefaultEstimate: likelyBitsPerSecond,
    maxBufferLength: bufferAheadSeconds,
    backBufferLength: bufferBehindSeconds,
  });
  const choose = (wanted: string) => {
    // −1 leaves it to the measured line. What is buffered further ahead is fetched anew.
    const level = hls.levels.findIndex((each) => nameOf(each) === wanted);
    if (hls.currentLevel === -1) hls.startLevel = level;
    hls.nextLevel = level;
  };
  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    onQualities(hls.levels.map(qualityOf).sort((a, b) => b.kbps - a.kbps));
    if (choice !== 'auto') choose(choice);
  });
  hls.on(Hls.Events.FRAG_CHANGED, (_, { frag }) => {
    const level = hls.levels[frag.level];
    if (level !== undefined) onHeard(nameOf(level));
  });
  const stopRecovering = recoverFrom(hls, attaching);
  hls.loadSource(url);
  hls.attachMedia(audio);
  return {
    choose,
    detach: () => {
      stopRecovering();
      hls.destroy();
    },
  };
}

/** Asks again for pieces that did not come; what can't be mended so is told. */
function recoverFrom(hls: Hls, { onLost, onUnplayable }: Attaching): () => void {
  let lostPieces = 0;
  let brokenPieces = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const askAgain = () => hls.startLoad();
  const onNetworkError = ({ details, response }: ErrorData) => {
    const status = response?.code ?? 0;
    const isRefused = status >= 400 && status < 500;
    const isManifest = details === Hls.ErrorDetails.MANIFEST_LOAD_ERROR;
    if (isManifest && status === 404) onUnplayable();
    else if (isRefused) onLost(4);
    else if (hls.levels.length === 0) onLost(2);
    else {
      lostPieces += 1;
      clearTimeout(timer);
      timer = setTimeout(askAgain, recoveryDelayMs(lostPieces));
    }
  };
  const onError = (_: string, data: ErrorData) => {
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR) onNetworkError(data);
    else if (data.type === Hls.ErrorTypes.MEDIA_ERROR && brokenPieces === 0) {
      brokenPieces += 1;
      hls.recoverMediaError();
    } else onUnplayable();
  };
  hls.on(Hls.Events.ERROR, onError);
  hls.on(Hls.Events.FRAG_LOADED, () => {
    lostPieces = 0;
  });
  addEventListener('online', askAgain);
  return () => {
    clearTimeout(timer);
    removeEventListener('online', askAgain);
  };
}
