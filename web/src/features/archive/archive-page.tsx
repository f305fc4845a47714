import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMay, useMe, useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { buttonLook } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Empty, PageHeading, usePageTitle } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { ArchiveFilters } from './archive-filters.tsx';
import { type ArchiveSearch, type Debat, isFiltered, serverSort, usualOrder } from './archive-search.ts';
import { DebatRows } from './debat-rows.tsx';

const route = getRouteApi('/archive');
const perPage = 25;
const askWhileWorkingMs = 5000;

function useDebats(search: ArchiveSearch) {
  const { session } = useServices();
  const sort = search.sort ?? 'date';
  return useQuery({
    queryKey: ['debats', search],
    queryFn: ({ signal }) => {
      const { q, type, status, commission, page } = search;
      const sort_order = search.order ?? usualOrder[sort];
      const query = {
        q,
        type,
        status,
        commission,
        page,
        per_page: perPage,
        sort_by: serverSort[sort],
        sort_order,
      };
      return session.client.get('/api/debats', { query, signal });
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.debats.some((debat: Debat) => debat.status === 'extraction') ? askWhileWorkingMs : false,
  });
}

/** The archive: every débat, to find, sort and play in place. */
export function ArchivePage() {
  const { t } = useText();
  const search = route.useSearch();
  const debats = useDebats(search);
  const mayBring = useMay('media.write');
  usePageTitle(t('archive.title'));
  const total = debats.data?.total;
  const isEmpty = total === 0 && !isFiltered(search);
  return (
    <>
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1 pt-8 pb-5 md:pt-10">
        <PageHeading>{t('archive.title')}</PageHeading>
        {total !== undefined && total > 0 && (
          <p className="text-faint" role="status">
            {t('archive.count', { count: total })}
          </p>
        )}
        {mayBring && !isEmpty && (
          <Link
            to="/recordings/new"
            className={`${buttonLook('secondary')} ml-auto self-center no-underline max-sm:px-3`}
          >
            <Icon name="plus" size={16} />
            <span className="max-sm:sr-only">{t('archive.add')}</span>
          </Link>
        )}
      </div>
      {!isEmpty && <ArchiveFilters search={search} />}
      {debats.isPending && <p className="py-10 text-faint">{t('state.loading')}</p>}
      {debats.isError && debats.data === undefined && (
        <div className="py-8">
          <ProblemNote problem={debats.error} onRetry={() => void debats.refetch()} />
        </div>
      )}
      {debats.data !== undefined && debats.data.debats.length > 0 && (
        <div className={debats.isPlaceholderData ? 'opacity-60 transition-opacity delay-150' : ''}>
          <DebatRows debats={debats.data.debats} search={search} />
          <Pager
            page={debats.data.page}
            pages={Math.ceil(debats.data.total / debats.data.per_page)}
            label={t('archive.pages')}
            previous={t('archive.previous')}
            next={t('archive.next')}
            position={t('archive.page', {
              page: debats.data.page,
              pages: Math.ceil(debats.data.total / debats.data.per_page),
            })}
            linkTo={(page) => ({ to: '/archive', search: { ...search, page: page > 1 ? page : undefined } })}
          />
        </div>
      )}
      {isEmpty && <EmptyArchive />}
      {total === 0 && !isEmpty && (
        <Empty title={t('archive.nothingTitle')} text={t('archive.nothingText')}>
          <Link to="/archive" search={{}} className={`${buttonLook()} no-underline`}>
            {t('archive.clear')}
          </Link>
        </Empty>
      )}
    </>
  );
}

/** Nothing yet: what will be here, and the first action of whoever is reading. */
function EmptyArchive() {
  const { t } = useText();
  const { session } = useServices();
  const me = useMe();
  const mayBring = useMay('media.write');
  const setup = useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => session.client.get('/api/setup', { signal }),
    enabled: me === null,
  });
  const isNew = setup.data?.needed === true;
  const signedOutText = isNew ? t('archive.newStation') : t('archive.emptySignedOut');
  return (
    <Empty title={t('archive.emptyTitle')} text={me === null ? signedOutText : t('archive.emptyText')}>
      {mayBring && (
        <Link to="/recordings/new" className={`${buttonLook('primary')} no-underline`}>
          {t('archive.addFirst')}
        </Link>
      )}
      {me === null && !isNew && (
        <Link to="/sign-in" className={`${buttonLook()} no-underline`}>
          {t('shell.signIn')}
        </Link>
      )}
    </Empty>
  );
}
