import { Link } from '@tanstack/react-router';
import { usePlayerState } from '../../app-services.ts';
import { formatClock } from '../../i18n/clock-time.ts';
import { formatDay } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { typeset } from '../../i18n/typeset.ts';
import { PlayButton } from '../../player/play-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import {
  type ArchiveSearch,
  type Debat,
  type SortColumn,
  secondsOf,
  sortedBy,
  usualOrder,
} from './archive-search.ts';
import { debatTrack } from './debat-track.ts';

const columns =
  'md:grid md:grid-cols-[2.75rem_7.25rem_minmax(0,1fr)_minmax(0,17rem)_5rem] md:gap-x-4 md:items-baseline';

/** The débats as lines of a programme: when, what, where, how long, and a button to hear it. */
export function DebatRows({ debats, search }: { debats: Debat[]; search: ArchiveSearch }) {
  return (
    <>
      <ColumnNames search={search} />
      <ol>
        {debats.map((debat, index) => (
          <DebatRow key={debat.id} debat={debat} sameDay={debats[index - 1]?.date === debat.date} />
        ))}
      </ol>
    </>
  );
}

function ColumnNames({ search }: { search: ArchiveSearch }) {
  const { t } = useText();
  return (
    <div className={`border-b border-line py-1.5 text-note text-faint max-md:flex max-md:gap-5 ${columns}`}>
      <span className="max-md:hidden" />
      <SortLink column="date" name={t('archive.date')} search={search} />
      <SortLink column="title" name={t('archive.titleColumn')} search={search} />
      <span className="max-md:hidden">{t('archive.commission')}</span>
      <SortLink column="duration" name={t('archive.duration')} search={search} className="md:justify-end" />
    </div>
  );
}

interface SortLinkProps {
  column: SortColumn;
  name: string;
  search: ArchiveSearch;
  className?: string;
}

function SortLink({ column, name, search, className = '' }: SortLinkProps) {
  const { t } = useText();
  const isCurrent = (search.sort ?? 'date') === column;
  const order = search.order ?? usualOrder[column];
  return (
    <Link
      to="/archive"
      search={sortedBy(search, column)}
      resetScroll={false}
      aria-label={t('archive.sortBy', { column: name })}
      aria-current={isCurrent ? 'true' : undefined}
      className={`flex items-center gap-1 no-underline hover:text-ink ${isCurrent ? 'text-ink' : ''} ${className}`}
    >
      {name}
      {isCurrent && <Icon name={order === 'asc' ? 'up' : 'down'} size={12} />}
    </Link>
  );
}

function DebatRow({ debat, sameDay }: { debat: Debat; sameDay: boolean }) {
  const { t, language } = useText();
  const isCurrent = usePlayerState(({ track }) => track?.kind === 'debat' && track.id === debat.id);
  const seconds = secondsOf(debat);
  const names = { title: debat.title };
  const { commission } = debat;
  return (
    <li
      className={`group relative grid grid-cols-[2.5rem_minmax(0,1fr)] items-start gap-x-3 border-b border-line py-3 hover:bg-sunk md:py-1.5 ${columns} ${isCurrent ? 'bg-sunk' : ''}`}
    >
      <div className="relative z-10 row-span-2 md:row-auto md:self-center">
        <PlayButton
          track={debatTrack(debat, language)}
          playName={debat.has_audio ? t('archive.play', names) : t('archive.noSound')}
          pauseName={t('archive.pause', names)}
          disabled={!debat.has_audio}
        />
      </div>
      <time
        dateTime={debat.date}
        className={`max-md:order-2 max-md:text-note ${sameDay ? 'text-soft md:text-faint' : 'text-soft'}`}
      >
        {formatDay(debat.date, language)}
        <span className="md:hidden">
          {seconds !== null && ` · ${formatClock(seconds)}`}
          <span className="block text-faint">{commission ?? t(`type.${debat.type}`)}</span>
        </span>
      </time>
      <div className="min-w-0 max-md:order-1">
        <Link
          to="/archive/$id"
          params={{ id: debat.id }}
          className="font-serif text-[1.0625rem] leading-snug font-medium no-underline after:absolute after:inset-0 group-hover:underline group-hover:decoration-line-strong group-hover:underline-offset-3"
        >
          {typeset(debat.title)}
        </Link>
        <DebatState debat={debat} />
      </div>
      <span className="text-soft max-md:hidden">
        {commission ?? <span className="text-faint">{t(`type.${debat.type}`)}</span>}
        {commission !== null && debat.type !== 'commission' && (
          <span className="block text-note text-faint">{t(`type.${debat.type}`)}</span>
        )}
      </span>
      <span className="text-right text-soft max-md:hidden">
        {seconds === null ? '' : formatClock(seconds)}
      </span>
    </li>
  );
}

/** Said only when it matters: a débat that can be heard needs no word for it. */
function DebatState({ debat }: { debat: Debat }) {
  const { t } = useText();
  if (debat.status === 'disponible') return null;
  const look = debat.status === 'erreur' ? 'text-signal-text' : 'text-faint';
  return <span className={`block text-note ${look}`}>{t(`status.${debat.status}`)}</span>;
}
