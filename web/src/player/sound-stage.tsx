import { usePlayerState, useServices } from '../app-services.ts';
import { formatClock } from '../i18n/clock-time.ts';
import { useText } from '../i18n/language.ts';
import { PlayButton } from './play-button.tsx';
import { Timeline } from './timeline.tsx';
import { type Track, trackKey } from './track.ts';

/** The sound at the head of its page: a large button, where it is, the timeline. */
export function SoundStage({ track, atSeconds }: { track: Track; atSeconds: number | null }) {
  const { t } = useText();
  const services = useServices();
  const key = trackKey(track);
  const isCurrent = usePlayerState((state) => state.track !== null && trackKey(state.track) === key);
  const position = usePlayerState((state) => (isCurrent ? Math.floor(state.positionSeconds) : -1));
  const played = usePlayerState((state) => (isCurrent ? state.durationSeconds : 0));
  const durationSeconds = played > 0 ? played : (track.durationSeconds ?? 0);
  const at = position >= 0 ? position : Math.floor(atSeconds ?? services.player.startOf(track));
  const start =
    at > 0
      ? t(atSeconds === null ? 'debat.resume' : 'debat.startAt', { time: formatClock(at) })
      : t('debat.play');
  return (
    <section aria-label={t('debat.soundTitle')} className="border-t border-line pt-5">
      <Timeline track={track} durationSeconds={Math.max(1, durationSeconds)}>
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
    </section>
  );
}
