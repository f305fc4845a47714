import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { useAskingMs } from '../../live-updates/use-live.ts';
import { buttonLook } from '../../ui/controls.tsx';
import { Empty, PageHeading, usePageTitle } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { isUnderWay, type TranscriptionState } from './transcription.ts';
import { TranscriptionRows } from './transcription-rows.tsx';
import { roomStates } from './transcriptions-search.ts';
import { useTranscriptionNews } from './use-transcript.ts';

const route = getRouteApi('/transcriptions');
const perPage = 25;

function useTranscriptions(status: TranscriptionState | undefined, page: number) {
  const { session } = useServices();
  const askingMs = useAskingMs();
  useTranscriptionNews();
  return useQuery({
    queryKey: ['transcriptions', { status, page }],
    queryFn: ({ signal }) =>
      session.client.get('/api/transcriptions', { query: { status, page, limit: perPage }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.transcriptions.some(isUnderWay) ? askingMs : false),
  });
}

/** The texts being made, and those that were: the queue of the work room. */
export default function TranscriptionsPage() {
  const { t } = useText();
  const { removals } = useServices();
  const { status, page = 1 } = route.useSearch();
  const transcriptions = useTranscriptions(status, page);
  const taken = useSyncExternalStore(removals.subscribe, removals.getState);
  usePageTitle(t('transcriptions.title'));
  const list = transcriptions.data;
  const shown = list?.transcriptions.filter(({ id }) => !taken.has(id)) ?? [];
  const pages = list === undefined ? 1 : Math.ceil(list.total / list.per_page);
  return (
    <>
      <div className="pt-8 pb-5 md:pt-10">
        <PageHeading>{t('transcriptions.title')}</PageHeading>
        <p className="mt-1 text-soft">{t('transcriptions.lead')}</p>
      </div>
      <StateLinks current={status} />
      {transcriptions.isPending && <p className="py-10 text-faint">{t('state.loading')}</p>}
      {transcriptions.isError && list === undefined && (
        <ProblemNote problem={transcriptions.error} onRetry={() => void transcriptions.refetch()} />
      )}
      {list !== undefined && shown.length === 0 && <NothingHere isFiltered={status !== undefined} />}
      {shown.length > 0 && (
        <>
          <TranscriptionRows transcriptions={shown} />
          <Pager
            page={page}
            pages={pages}
            label={t('transcriptions.pages')}
            previous={t('recordings.previous')}
            next={t('recordings.next')}
            position={t('recordings.page', { page, pages })}
            linkTo={(to) => ({ to: '/transcriptions', search: { status, page: to > 1 ? to : undefined } })}
          />
        </>
      )}
    </>
  );
}

const linkLook =
  'inline-flex min-h-10 shrink-0 items-center rounded-(--radius) px-3 text-soft no-underline hover:bg-sunk hover:text-ink aria-current:bg-sunk aria-current:font-medium aria-current:text-ink';

/** The list by state; each has its address. */
function StateLinks({ current }: { current: TranscriptionState | undefined }) {
  const { t } = useText();
  const states = [undefined, ...roomStates];
  return (
    <nav aria-label={t('transcriptions.byState')} className="-mx-3 mb-3 flex overflow-x-auto">
      {states.map((status) => (
        <Link
          key={status ?? 'all'}
          to="/transcriptions"
          search={status === undefined ? {} : { status }}
          aria-current={status === current ? 'page' : undefined}
          className={linkLook}
        >
          {status === undefined ? t('transcriptions.all') : t(`transcriptions.stateOf.${status}`)}
        </Link>
      ))}
    </nav>
  );
}

function NothingHere({ isFiltered }: { isFiltered: boolean }) {
  const { t } = useText();
  if (isFiltered)
    return <p className="border-t border-line py-8 text-soft">{t('transcriptions.noneSuch')}</p>;
  return (
    <Empty title={t('transcriptions.emptyTitle')} text={t('transcriptions.emptyText')}>
      <Link to="/recordings" className={`${buttonLook('primary')} no-underline`}>
        {t('transcriptions.toRecordings')}
      </Link>
    </Empty>
  );
}
