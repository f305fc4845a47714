import { Link } from '@tanstack/react-router';
import { useId, useMemo } from 'react';
import { usePlayerState, useServices } from '../app-services.ts';
import { formatClock } from '../i18n/clock-time.ts';
import { useText } from '../i18n/language.ts';
import { Button, IconButton } from '../ui/controls.tsx';
import { problemText } from '../ui/problem-text.ts';
import { copyPlace } from './copy-place.ts';
import { ListeningPanel } from './listening-panel.tsx';
import { PlayButton } from './play-button.tsx';
import { RateSelect } from './rate-select.tsx';
import { renditionName } from './rendition-name.ts';
import { type Track, trackPath } from './track.ts';
import { Waveform } from './waveform.tsx';

/** The player at the foot of every page. */
export default function Dock() {
  const { t } = useText();
  const track = usePlayerState((state) => state.track);
  if (track === null) return null;
  return (
    <section
      aria-label={t('player.label')}
      className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-raised pb-[env(safe-area-inset-bottom)]"
    >
      <div className="mx-auto grid max-w-[84rem] grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1.5 px-4 py-2 md:grid-cols-[auto_minmax(10rem,17rem)_minmax(0,1fr)_auto] md:gap-x-5 md:px-6">
        <Transport track={track} />
        <Now track={track} />
        <div className="order-first col-span-3 md:order-none md:col-span-1">
          <DockWaveform track={track} />
        </div>
        <Settings track={track} />
      </div>
    </section>
  );
}

function Transport({ track }: { track: Track }) {
  const { t } = useText();
  const { player } = useServices();
  return (
    <div className="flex items-center gap-1">
      <IconButton
        name={t('player.back')}
        icon="back"
        className="max-md:hidden"
        onClick={() => player.skip(-10)}
      />
      <PlayButton track={track} size="dock" playName={t('player.play')} pauseName={t('player.pause')} />
      <IconButton
        name={t('player.forward')}
        icon="forward"
        className="max-md:hidden"
        onClick={() => player.skip(10)}
      />
    </div>
  );
}

function Now({ track }: { track: Track }) {
  return (
    <div className="min-w-0">
      <Link to={trackPath(track)} className="block truncate font-medium no-underline hover:underline">
        {track.title}
      </Link>
      <p className="truncate text-note text-faint">
        <Standing track={track} />
      </p>
    </div>
  );
}

/** What the player is doing: the time in peace, a sentence when there is trouble. */
function Standing({ track }: { track: Track }) {
  const { t, language } = useText();
  const phase = usePlayerState((state) => state.phase);
  const problem = usePlayerState((state) => state.problem);
  const position = usePlayerState((state) => Math.floor(state.positionSeconds));
  const duration = usePlayerState((state) => state.durationSeconds);
  if (phase === 'failed') {
    const { sentence } = problemText(problem, t, language);
    return (
      <span role="alert" className="text-signal-text">
        {problem instanceof Error ? sentence : t('player.failed')}
      </span>
    );
  }
  if (phase === 'recovering') {
    return <span role="status">{t('player.recovering', { time: formatClock(position, duration) })}</span>;
  }
  return (
    <>
      <span className="text-soft">{formatClock(position, duration)}</span> / {formatClock(duration)}
      {track.rendition !== undefined && <span> · {renditionName(track.rendition, t)}</span>}
      {track.note !== '' && <span className="max-sm:hidden"> · {track.note}</span>}
    </>
  );
}

function DockWaveform({ track }: { track: Track }) {
  const durationSeconds = usePlayerState((state) => state.durationSeconds);
  const view = useMemo(() => ({ from: 0, to: Math.max(1, durationSeconds) }), [durationSeconds]);
  return <Waveform track={track} durationSeconds={durationSeconds} view={view} className="h-7 md:h-10" />;
}

function Settings({ track }: { track: Track }) {
  const { t } = useText();
  const services = useServices();
  const phase = usePlayerState((state) => state.phase);
  const panelId = useId();
  return (
    <div className="flex items-center">
      {phase === 'failed' && (
        <Button look="quiet" onClick={() => services.player.resume()}>
          {t('player.retry')}
        </Button>
      )}
      <RateSelect className="max-sm:hidden" aria-label={t('player.rate')} title={t('player.rate')} />
      <IconButton name={t('player.panel')} icon="tune" popoverTarget={panelId} />
      <ListeningPanel id={panelId} track={track} />
      <IconButton
        name={t('player.copy')}
        icon="link"
        className="max-sm:hidden"
        onClick={() => void copyPlace(services, track)}
      />
      <IconButton name={t('player.close')} icon="close" size={16} onClick={() => services.player.close()} />
    </div>
  );
}
