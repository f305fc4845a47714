import Hls, { type ErrorData, type Level } from 'hls.js/light';
import type { Attached, Attaching } from './attach-source.ts';
import { codecToPlay, levelName, lighterElsewhere, qualitiesOf, type StreamLevel } from './hls-levels.ts';
import { recoveryDelayMs } from './recovery.ts';

/** True where sound can be handed to the browser piece by piece. */
export const canAttachHls = (): boolean => Hls.isSupported();

const config = {
  autoStartLoad: false,
  // The page's policy lets no program be made from text, which the worker would be; sound alone is light work.
  enableWorker: false,
  // Nobody reads the tags of the pieces; showing them as captions would ask for an address that the policy refuses.
  enableID3MetadataCues: false,
  enableEmsgMetadataCues: false,
  enableDateRangeMetadataCues: false,
  // A tunnel long, and no more of someone's data.
  maxBufferLength: 60,
  maxMaxBufferLength: 180,
  backBufferLength: 60,
  // The first piece comes in a quality that most lines carry, and measures this one.
  testBandwidth: false,
  abrEwmaDefaultEstimate: 1_000_000,
};

const toStreamLevel = (level: Level): StreamLevel => ({
  name: levelName(level.url[0] ?? ''),
  bitrate: level.averageBitrate || level.bitrate,
  codec: level.audioCodec ?? '',
});

/** Plays an element by HLS. What is buffered goes on to sound while the network is away. */
export function attachHls(audio: HTMLAudioElement, url: string, attaching: Attaching): Attached {
  const { atSeconds, choice, near, onQualities, onHeard, onAnew } = attaching;
  const hls = new Hls(config);
  let all: StreamLevel[] = [];
  let codec = '';
  const indexOf = (name: string) => hls.levels.findIndex((level) => toStreamLevel(level).name === name);
  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    all = hls.levels.map(toStreamLevel);
    onQualities(qualitiesOf(all));
    codec = codecToPlay(all, choice === 'auto' ? near : choice) ?? '';
    for (let index = all.length - 1; index >= 0; index -= 1)
      if (all[index]?.codec !== codec) hls.removeLevel(index);
    // −1 leaves it to the measured line.
    hls.loadLevel = indexOf(choice);
    hls.startLoad(atSeconds);
  });
  hls.on(Hls.Events.FRAG_CHANGED, (_, { frag }) => {
    const level = hls.levels[frag.level];
    if (level !== undefined) onHeard(toStreamLevel(level).name);
  });
  const onWaiting = () => {
    const isTooHeavy = hls.bandwidthEstimate < (hls.levels[hls.loadLevel]?.bitrate ?? 0);
    const lighter = hls.autoLevelEnabled && isTooHeavy ? lighterElsewhere(all, codec) : null;
    if (lighter !== null) onAnew(lighter);
  };
  audio.addEventListener('waiting', onWaiting);
  const stopRecovering = recoverFrom(hls, audio, attaching);
  hls.loadSource(url);
  hls.attachMedia(audio);
  return {
    choose: (wanted) => {
      const index = indexOf(wanted);
      // Of another codec, or not there: begun anew. Else what is buffered further ahead is fetched anew.
      if (wanted !== 'auto' && index === -1) onAnew(null);
      else hls.nextLevel = index;
    },
    detach: () => {
      audio.removeEventListener('waiting', onWaiting);
      stopRecovering();
      hls.destroy();
    },
  };
}

const { FRAG_LOAD_ERROR, FRAG_LOAD_TIMEOUT, LEVEL_LOAD_ERROR, LEVEL_LOAD_TIMEOUT } = Hls.ErrorDetails;
const unanswered = new Set<string>([
  FRAG_LOAD_ERROR,
  FRAG_LOAD_TIMEOUT,
  LEVEL_LOAD_ERROR,
  LEVEL_LOAD_TIMEOUT,
]);

/** Another address may open what this one does not; a 429 wants patience alone. */
const refused = new Set([401, 403, 404, 410]);

/** Asks again for pieces that did not come; what can't be mended so is told. */
function recoverFrom(hls: Hls, audio: HTMLAudioElement, { onLost, onUnplayable }: Attaching): () => void {
  let lostPieces = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const askAgain = () => hls.startLoad();
  const onNetworkError = ({ details, response }: ErrorData) => {
    const status = response?.code ?? 0;
    const isRefused = refused.has(status);
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
  hls.on(Hls.Events.ERROR, (_, data) => {
    const isStarved = audio.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    const isUnanswered = unanswered.has(data.details) && !data.response?.code;
    // With nothing left to hear one need not wait for the last try before it is said.
    if (isUnanswered && isStarved && hls.levels.length > 0) onLost(2);
    else if (!data.fatal) return;
    else if (data.type === Hls.ErrorTypes.NETWORK_ERROR) onNetworkError(data);
    else onUnplayable();
  });
  hls.on(Hls.Events.FRAG_LOADED, () => {
    lostPieces = 0;
  });
  const onOnline = () => hls.levels.length > 0 && askAgain();
  addEventListener('online', onOnline);
  return () => {
    clearTimeout(timer);
    removeEventListener('online', onOnline);
  };
}
