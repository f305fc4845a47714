import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMay, usePlayerState, useServices } from '../../app-services.ts';
import { formatClock } from '../../i18n/clock-time.ts';
import { formatBytes, formatInstant, formatPercent } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { typeset } from '../../i18n/typeset.ts';
import { useAskingMs, useLive } from '../../live-updates/use-live.ts';
import { PlayButton } from '../../player/play-button.tsx';
import { buttonLook, IconButton, Progress } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Empty, PageHeading, usePageTitle } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { failureText } from '../../ui/problem-text.ts';
import { isWorkedOn, type Recording, recordingTrack } from './recording.ts';
import { UploadList } from './upload-list.tsx';
import { useTrash } from './use-trash.ts';

const route = getRouteApi('/recordings');
const perPage = 25;

function useRecordings(page: number) {
  const { session } = useServices();
  const queries = useQueryClient();
  const askingMs = useAskingMs();
  useLive('user', ({ type }) => {
    if (type === 'recording_updated') void queries.invalidateQueries({ queryKey: ['recordings'] });
  });
  return useQuery({
    queryKey: ['recordings', page],
    queryFn: ({ signal }) =>
      session.client.get('/api/recordings', { query: { page, per_page: perPage }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.recordings.some(isWorkedOn) ? askingMs : false),
  });
}

/** The raw sounds of the house, what is arriving first. */
export default function RecordingsPage() {
  const { t } = useText();
  const { page = 1 } = route.useSearch();
  const recordings = useRecordings(page);
  usePageTitle(t('recordings.title'));
  const list = recordings.data;
  const mayRemove = useMay('media.delete');
  const add = (look: 'primary' | 'secondary') => (
    <Link to="/recordings/new" className={`${buttonLook(look)} no-underline`}>
      <Icon name="plus" size={16} />
      {t('recordings.add')}
    </Link>
  );
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-4 pt-8 pb-6 md:pt-10">
        <div>
          <PageHeading>{t('recordings.title')}</PageHeading>
          <p className="mt-1 text-soft">{t('recordings.lead')}</p>
        </div>
        <div className="flex items-center gap-6">
          {mayRemove && (
            <Link
              to="/recordings/trash"
              className="inline-flex items-center gap-1.5 py-2 text-soft no-underline hover:text-ink"
            >
              <Icon name="bin" size={16} />
              {t('trash.open')}
            </Link>
          )}
          {list !== undefined && list.total > 0 && add('primary')}
        </div>
      </div>
      <UploadList />
      {recordings.isPending && <p className="py-10 text-faint">{t('state.loading')}</p>}
      {recordings.isError && list === undefined && (
        <ProblemNote problem={recordings.error} onRetry={() => void recordings.refetch()} />
      )}
      {list !== undefined && list.total === 0 && (
        <Empty title={t('recordings.emptyTitle')} text={t('recordings.emptyText')}>
          {add('primary')}
        </Empty>
      )}
      {list !== undefined && list.recordings.length > 0 && (
        <>
          <ol className="border-t border-line">
            {list.recordings.map((recording) => (
              <RecordingRow key={recording.id} recording={recording} />
            ))}
          </ol>
          <Pager
            page={page}
            pages={Math.ceil(list.total / list.per_page)}
            label={t('recordings.pages')}
            previous={t('recordings.previous')}
            next={t('recordings.next')}
            position={t('recordings.page', { page, pages: Math.ceil(list.total / list.per_page) })}
            linkTo={(to) => ({ to: '/recordings', search: to > 1 ? { page: to } : {} })}
          />
        </>
      )}
    </>
  );
}

function RecordingRow({ recording }: { recording: Recording }) {
  const { t, language } = useText();
  const isCurrent = usePlayerState(({ track }) => track?.kind === 'recording' && track.id === recording.id);
  const { duration_seconds: seconds, file_size: sizeBytes } = recording;
  const isReady = recording.status === 'ready';
  const names = { title: recording.title };
  const mayRemove = useMay('media.delete');
  const { remove } = useTrash();
  return (
    <li
      className={`group relative grid grid-cols-[2.5rem_minmax(0,1fr)_auto_2.5rem] items-center gap-x-3 border-b border-line py-2.5 hover:bg-sunk md:grid-cols-[2.75rem_minmax(0,1fr)_12rem_6rem_5rem_2.5rem] md:gap-x-4 ${isCurrent ? 'bg-sunk' : ''}`}
    >
      <div className="relative z-10">
        <PlayButton
          track={recordingTrack(recording, language)}
          disabled={!isReady}
          playName={isReady ? t('archive.play', names) : t('archive.noSound')}
          pauseName={t('archive.pause', names)}
        />
      </div>
      <div className="min-w-0">
        <Link
          to="/recordings/$id"
          params={{ id: recording.id }}
          className="block truncate text-[1.0625rem] font-medium no-underline after:absolute after:inset-0 group-hover:underline group-hover:decoration-line-strong group-hover:underline-offset-3"
        >
          {typeset(recording.title)}
        </Link>
        <RecordingState recording={recording} />
      </div>
      <time dateTime={recording.created_at} className="text-soft max-md:hidden">
        {formatInstant(recording.created_at, language)}
      </time>
      <span className="text-right text-faint max-md:hidden">
        {sizeBytes === null ? '' : formatBytes(sizeBytes, language)}
      </span>
      <span className="text-right text-soft">{seconds === null ? '' : formatClock(seconds)}</span>
      {mayRemove && (
        <div className="relative z-10">
          <IconButton
            name={t('trash.remove', names)}
            icon="bin"
            size={16}
            onClick={() => void remove(recording)}
          />
        </div>
      )}
    </li>
  );
}

/** Its state when there is one to tell, else what it is made of. */
export function RecordingState({ recording }: { recording: Recording }) {
  const { t, language } = useText();
  const { status, progress } = recording;
  if (status === 'error') {
    return (
      <p className="truncate text-note text-signal-text">
        {failureText(recording.error_code, recording.error, t) ?? t('recordings.stateOf.error')}
      </p>
    );
  }
  if (isWorkedOn(recording)) {
    const name = t(`recordings.stateOf.${status}`);
    const percent = status === 'processing' ? progress : null;
    return (
      <div className="flex max-w-72 items-center gap-3 text-note text-faint">
        <span className="shrink-0">{name}</span>
        <Progress label={name} percent={percent} />
        {percent !== null && <span className="shrink-0">{formatPercent(percent, language)}</span>}
      </div>
    );
  }
  const parts = [
    t(`recordings.source.${recording.source}`),
    recording.codec?.toUpperCase(),
    recording.filename,
  ];
  return <p className="truncate text-note text-faint">{parts.filter((part) => part != null).join(' · ')}</p>;
}
