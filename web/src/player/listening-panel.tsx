import { useId, useSyncExternalStore } from 'react';
import { usePlayerState, useServices } from '../app-services.ts';
import { formatClock } from '../i18n/clock-time.ts';
import { formatLength, formatNumber } from '../i18n/format.ts';
import { useText } from '../i18n/language.ts';
import { IconButton, Select } from '../ui/controls.tsx';
import type { Chapter } from './landmarks.ts';
import { RateSelect } from './rate-select.tsx';
import type { SleepState } from './sleep-timer.ts';
import { type Track, trackKey } from './track.ts';

const sleepMinutes = [10, 20, 30, 45, 60, 90];
const rowLook = 'flex min-h-11 items-center justify-between gap-4';

/** How one listens: volume, quality, silences, falling asleep, what comes next. */
export function ListeningPanel({ id, track }: { id: string; track: Track }) {
  const { t } = useText();
  return (
    <div
      id={id}
      popover="auto"
      role="dialog"
      aria-label={t('player.panel')}
      className="inset-auto right-4 bottom-32 m-0 max-h-[70dvh] w-[min(24rem,calc(100vw-2rem))] overflow-y-auto rounded-(--radius) bg-raised px-5 py-3 text-ink shadow-float md:right-6 md:bottom-20"
    >
      <Volume />
      <RateRow />
      <QualityRow />
      <SilenceRow />
      <SleepRow track={track} />
      <UpNextList />
    </div>
  );
}

function Volume() {
  const { t, language } = useText();
  const { player } = useServices();
  const volume = usePlayerState((state) => state.volume);
  const isMuted = usePlayerState((state) => state.isMuted);
  return (
    <div className={rowLook}>
      <IconButton
        className="-ml-2.5"
        name={isMuted ? t('player.unmute') : t('player.mute')}
        icon={isMuted ? 'mute' : 'volume'}
        onClick={() => player.habits.toggleMute()}
      />
      <input
        type="range"
        aria-label={t('player.volume')}
        aria-valuetext={`${formatNumber(volume * 100, language)}\u202f%`}
        min={0}
        max={1}
        step={0.05}
        value={isMuted ? 0 : volume}
        onChange={(event) => player.habits.setVolume(Number(event.target.value))}
        className="h-10 min-w-0 flex-1 accent-(--ink)"
      />
    </div>
  );
}

/** On a phone, whose dock has no room for it. */
function RateRow() {
  const { t } = useText();
  const id = useId();
  return (
    <div className={`${rowLook} sm:hidden`}>
      <label htmlFor={id}>{t('player.rate')}</label>
      <RateSelect id={id} />
    </div>
  );
}

/** Only where there is a choice. */
function QualityRow() {
  const { t } = useText();
  const { player } = useServices();
  const id = useId();
  const qualities = usePlayerState((state) => state.qualities);
  const wanted = usePlayerState((state) => state.wantedQuality);
  const heard = usePlayerState((state) => state.heardQuality);
  if (qualities.length < 2) return null;
  const nameOf = (name: string) =>
    name === 'high' || name === 'medium' || name === 'low' || name === 'mobile'
      ? t(`player.quality.${name}`)
      : name;
  const isThere = qualities.some(({ name }) => name === wanted);
  const now = heard === null ? t('player.auto') : t('player.autoNow', { quality: nameOf(heard) });
  return (
    <div className={rowLook}>
      <label htmlFor={id}>{t('player.qualityLabel')}</label>
      <Select
        quiet
        id={id}
        value={isThere ? wanted : 'auto'}
        onChange={(event) => player.chooseQuality(event.target.value)}
      >
        <option value="auto">{isThere ? t('player.auto') : now}</option>
        {qualities.map(({ name, kbps }) => (
          <option key={name} value={name}>
            {t('player.qualityRate', { quality: nameOf(name), kbps })}
          </option>
        ))}
      </Select>
    </div>
  );
}

function SilenceRow() {
  const { t, language } = useText();
  const { silenceSkip } = useServices();
  const { isOn, savedSeconds } = useSyncExternalStore(silenceSkip.subscribe, silenceSkip.getState);
  return (
    <label className={rowLook}>
      <span>
        {t('player.skipSilence')}
        {isOn && savedSeconds >= 1 && (
          <span className="block text-note text-faint">
            {t('player.saved', { time: formatLength(savedSeconds, language) })}
          </span>
        )}
      </span>
      <input
        type="checkbox"
        checked={isOn}
        onChange={() => silenceSkip.toggle()}
        className="size-5 accent-(--ink)"
      />
    </label>
  );
}

function SleepRow({ track }: { track: Track }) {
  const { t, language } = useText();
  const { player, sleepTimer, queries } = useServices();
  const { wanted, leftSeconds } = useSyncExternalStore(sleepTimer.subscribe, sleepTimer.getState);
  const id = useId();
  const chapters = queries.getQueryData<Chapter[]>(['chapters', track.recordingId]) ?? [];
  const choose = (value: string) => {
    const { durationSeconds } = player.getState();
    if (value === '') sleepTimer.cancel();
    else if (value === 'end') sleepTimer.atPlace('end', durationSeconds);
    else if (value === 'chapter') {
      const next = chapters.find(({ start }) => start > player.now() + 1);
      sleepTimer.atPlace('chapter', next?.start ?? durationSeconds);
    } else sleepTimer.afterMinutes(Number(value));
  };
  return (
    <div className={rowLook}>
      <label htmlFor={id}>
        {t('player.sleep')}
        {leftSeconds !== null && (
          <span className="block text-note text-faint">
            {t('player.sleepLeft', { time: formatClock(leftSeconds) })}
          </span>
        )}
      </label>
      <Select quiet id={id} value={optionOf(wanted)} onChange={(event) => choose(event.target.value)}>
        <option value="">{t('player.sleepNever')}</option>
        {sleepMinutes.map((minutes) => (
          <option key={minutes} value={minutes}>
            {formatLength(minutes * 60, language)}
          </option>
        ))}
        <option value="end">{t('player.sleepEnd')}</option>
        {chapters.length > 1 && <option value="chapter">{t('player.sleepChapter')}</option>}
      </Select>
    </div>
  );
}

const optionOf = (wanted: SleepState['wanted']): string => (wanted === null ? '' : String(wanted));

function UpNextList() {
  const { t } = useText();
  const { player } = useServices();
  const next = usePlayerState((state) => state.next);
  if (next.length === 0) return null;
  return (
    <section aria-label={t('player.next')} className="mt-2 border-t border-line pt-3">
      <h2 className="font-medium">{t('player.next')}</h2>
      <ol>
        {next.map((track) => (
          <li key={trackKey(track)} className="flex min-h-11 items-center gap-2">
            <button
              type="button"
              className="min-w-0 flex-1 truncate py-2 text-left hover:underline"
              onClick={() => player.play(track)}
            >
              {track.title}
            </button>
            <IconButton
              name={t('player.dropNext', { title: track.title })}
              icon="close"
              size={14}
              onClick={() => player.upNext.drop(track)}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}
