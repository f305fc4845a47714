import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { usePlayerState, useServices } from '../app-services.ts';
import { formatClock } from '../i18n/clock-time.ts';
import { formatLength, formatNumber, formatPercent } from '../i18n/format.ts';
import { useText } from '../i18n/language.ts';
import { IconButton } from '../ui/controls.tsx';
import { problemText } from '../ui/problem-text.ts';
import { ChapterList } from './chapter-list.tsx';
import { chaptersOf, isStillMeasured, silencesOf } from './measured.ts';
import { PlayButton } from './play-button.tsx';
import { Timeline } from './timeline.tsx';
import { type Track, trackKey } from './track.ts';
import { useSpectrogram } from './use-spectrogram.ts';

const none: never[] = [];

/** The sound at the head of its page: a large button, where it is, the timeline. */
export function SoundStage({ track, atSeconds }: { track: Track; atSeconds: number | null }) {
  const { t } = useText();
  const services = useServices();
  const { recordingId } = track;
  const key = trackKey(track);
  const isCurrent = usePlayerState((state) => state.track !== null && trackKey(state.track) === key);
  const position = usePlayerState((state) => (isCurrent ? Math.floor(state.positionSeconds) : -1));
  const played = usePlayerState((state) => (isCurrent ? state.durationSeconds : 0));
  const durationSeconds = played > 0 ? played : (track.durationSeconds ?? 0);
  const at = position >= 0 ? position : Math.floor(atSeconds ?? services.player.startOf(track));
  const [isSpectral, setSpectral] = useState(false);
  const silences = useQuery({
    ...silencesOf(services.session.client, recordingId ?? ''),
    enabled: recordingId !== null,
  });
  const chapters = useQuery({
    ...chaptersOf(services.session.client, recordingId ?? ''),
    enabled: recordingId !== null,
  });
  const spectrogram = useSpectrogram(isSpectral ? recordingId : null);
  const spectralId = useId();
  const start =
    at > 0
      ? t(atSeconds === null ? 'debat.resume' : 'debat.startAt', { time: formatClock(at) })
      : t('debat.play');
  return (
    <section aria-label={t('debat.soundTitle')} className="border-t border-line pt-5">
      <Timeline
        track={track}
        durationSeconds={Math.max(1, durationSeconds)}
        {...(silences.data === undefined ? {} : { silences: silences.data.silences })}
        spectrogram={spectrogram.canvas}
        chapters={chapters.data ?? none}
        tools={
          <>
            <PlayNext track={track} />
            {recordingId !== null && (
              <IconButton
                name={t('sound.spectrogram')}
                icon="spectrum"
                aria-pressed={isSpectral}
                aria-controls={spectralId}
                className={isSpectral ? 'bg-sunk text-ink' : ''}
                onClick={() => setSpectral(!isSpectral)}
              />
            )}
          </>
        }
      >
        <PlayButton
          track={track}
          size="page"
          playName={start}
          pauseName={t('debat.pause')}
          atSeconds={atSeconds ?? undefined}
        />
        <p
          className="flex-1 whitespace-nowrap text-[1.5rem] sm:text-[1.75rem] leading-none font-light tracking-tight"
          aria-hidden="true"
        >
          {formatClock(at, durationSeconds)}
          <span className="text-body font-normal tracking-normal text-faint">
            {' / '}
            {formatClock(durationSeconds)}
          </span>
        </p>
      </Timeline>
      <div id={spectralId}>{isSpectral && <SpectrogramNote {...spectrogram} />}</div>
      {silences.data !== undefined && (
        <SilencesNote totalSeconds={silences.data.total_seconds} durationSeconds={durationSeconds} />
      )}
      <ChapterList track={track} chapters={chapters.data ?? []} />
    </section>
  );
}

/** While something else is on the player, this may come after it. */
function PlayNext({ track }: { track: Track }) {
  const { t } = useText();
  const { player, notices } = useServices();
  const isElsewhere = usePlayerState(
    (state) => state.track !== null && trackKey(state.track) !== trackKey(track),
  );
  if (!isElsewhere) return null;
  const add = () => {
    player.upNext.add(track);
    notices.say(t('player.playsNext'));
  };
  return <IconButton name={t('player.playNext')} icon="queue" onClick={add} />;
}

/** What the picture spans, or why there is none. */
function SpectrogramNote({ canvas, topHertz, problem }: ReturnType<typeof useSpectrogram>) {
  const { t, language } = useText();
  if (problem !== null) {
    const sentence = isStillMeasured(problem)
      ? t('sound.measuring')
      : problemText(problem, t, language).sentence;
    return (
      <p role="status" className="mt-1 text-note text-faint">
        {sentence}
      </p>
    );
  }
  if (canvas === null || topHertz === null)
    return <p className="mt-1 text-note text-faint">{t('state.loading')}</p>;
  return (
    <p className="mt-1 text-note text-faint">
      {t('sound.spectrogramNote', { top: formatNumber(topHertz / 1000, language, 1) })}
    </p>
  );
}

/** How much of it is silent, and a way to leave that out. */
function SilencesNote({ totalSeconds, durationSeconds }: { totalSeconds: number; durationSeconds: number }) {
  const { t, language } = useText();
  if (totalSeconds < 1 || durationSeconds <= 0) return null;
  return (
    <p className="mt-1 text-note text-faint">
      {t('sound.silences', {
        length: formatLength(totalSeconds, language),
        percent: formatPercent((totalSeconds / durationSeconds) * 100, language),
      })}
    </p>
  );
}
