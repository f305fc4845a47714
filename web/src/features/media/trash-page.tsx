import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { useMay, useServices } from '../../app-services.ts';
import { formatClock } from '../../i18n/clock-time.ts';
import { formatBytes, formatInstant } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { typeset } from '../../i18n/typeset.ts';
import { Button } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Empty, PageHeading, usePageTitle } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { Recording } from './recording.ts';
import { useTrash } from './use-trash.ts';

const route = getRouteApi('/recordings/trash');
const perPage = 25;

type Trashed = Recording & { trashed_at: string; gone_at: string };

/** What was removed, for as long as it can be brought back. */
export default function TrashPage() {
  const { t } = useText();
  const { session, removals } = useServices();
  const { page = 1 } = route.useSearch();
  const erased = useSyncExternalStore(removals.subscribe, removals.getState);
  const trash = useQuery({
    queryKey: ['trash', page],
    queryFn: ({ signal }) =>
      session.client.get('/api/recordings/trash', { query: { page, per_page: perPage }, signal }),
    placeholderData: keepPreviousData,
  });
  usePageTitle(t('trash.title'));
  const list = trash.data;
  const shown = list?.recordings.filter(({ id }) => !erased.has(id)) ?? [];
  const pages = list === undefined ? 1 : Math.ceil(list.total / list.per_page);
  return (
    <>
      <Link
        to="/recordings"
        className="mt-5 inline-flex items-center gap-1.5 py-1 text-soft no-underline hover:text-ink md:mt-7"
      >
        <Icon name="left" size={14} />
        {t('trash.back')}
      </Link>
      <div className="pt-3 pb-6">
        <PageHeading>{t('trash.title')}</PageHeading>
        <p className="mt-1 max-w-[46rem] text-soft">{t('trash.lead')}</p>
      </div>
      {trash.isPending && <p className="py-10 text-faint">{t('state.loading')}</p>}
      {trash.isError && list === undefined && (
        <ProblemNote problem={trash.error} onRetry={() => void trash.refetch()} />
      )}
      {list !== undefined && shown.length === 0 && (
        <Empty title={t('trash.emptyTitle')} text={t('trash.emptyText')} />
      )}
      {shown.length > 0 && (
        <ol className="border-t border-line">
          {shown.map((recording) => (
            <TrashRow key={recording.id} recording={recording} />
          ))}
        </ol>
      )}
      {pages > 1 && (
        <Pager
          page={page}
          pages={pages}
          label={t('trash.pages')}
          previous={t('recordings.previous')}
          next={t('recordings.next')}
          position={t('recordings.page', { page, pages })}
          linkTo={(to) => ({ to: '/recordings/trash', search: to > 1 ? { page: to } : {} })}
        />
      )}
    </>
  );
}

function TrashRow({ recording }: { recording: Trashed }) {
  const { t, language } = useText();
  const { session, removals } = useServices();
  const { restore, renew } = useTrash();
  const mayErase = useMay('media.purge');
  const { id, title, duration_seconds: seconds, file_size: sizeBytes } = recording;
  const erase = () =>
    removals.take(id, { said: t('trash.erased'), undo: t('trash.undo') }, () =>
      session.client
        .delete('/api/recordings/{id}', { path: { id }, query: { permanently: true } })
        .finally(renew),
    );
  const facts = [
    t('trash.taken', { date: formatInstant(recording.trashed_at, language) }),
    seconds === null ? null : formatClock(seconds),
    sizeBytes === null ? null : formatBytes(sizeBytes, language),
  ];
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 border-b border-line py-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="truncate text-[1.0625rem] font-medium">{typeset(title)}</p>
        <p className="text-note text-faint">{facts.filter((fact) => fact !== null).join(' · ')}</p>
      </div>
      <time dateTime={recording.gone_at} className="text-note text-soft">
        {t('trash.until', { date: formatInstant(recording.gone_at, language) })}
      </time>
      <div className="flex items-center gap-4">
        <Button
          look="quiet"
          aria-label={t('trash.restoreNamed', { title })}
          onClick={() => void restore(recording)}
        >
          {t('trash.restore')}
        </Button>
        {mayErase && (
          <Button look="losing" aria-label={t('trash.eraseNamed', { title })} onClick={erase}>
            {t('trash.erase')}
          </Button>
        )}
      </div>
    </li>
  );
}
