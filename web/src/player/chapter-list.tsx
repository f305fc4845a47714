import { usePlayerState, useServices } from '../app-services.ts';
import { formatClock } from '../i18n/clock-time.ts';
import { useText } from '../i18n/language.ts';
import { typeset } from '../i18n/typeset.ts';
import type { Chapter } from './landmarks.ts';
import { type Track, trackKey } from './track.ts';

/** The chapters of a sound, each a place to go to; the one that sounds is marked. */
export function ChapterList({ track, chapters }: { track: Track; chapters: readonly Chapter[] }) {
  const { t } = useText();
  const { player } = useServices();
  const key = trackKey(track);
  const current = usePlayerState(({ track: playing, positionSeconds: at }) =>
    playing !== null && trackKey(playing) === key
      ? chapters.findLastIndex(({ start }) => start <= at + 0.1)
      : -1,
  );
  if (chapters.length === 0) return null;
  return (
    <nav aria-label={t('sound.chapters')} className="mt-4 max-h-72 overflow-y-auto">
      <h2 className="mb-1 font-medium">{t('sound.chapters')}</h2>
      <ol className="border-b border-line sm:columns-2 sm:gap-x-12">
        {chapters.map(({ start, title }, index) => (
          <li key={`${start} ${title}`} className="break-inside-avoid border-t border-line">
            <button
              type="button"
              aria-current={index === current ? 'true' : undefined}
              className={`flex min-h-10 w-full items-baseline gap-4 py-1.5 text-left -outline-offset-2 hover:bg-sunk ${index === current ? 'font-medium' : 'text-soft'}`}
              onClick={() => player.play(track, start)}
            >
              <span className="w-16 shrink-0 text-right text-faint">{formatClock(start)}</span>
              <span className="min-w-0">{typeset(title)}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
