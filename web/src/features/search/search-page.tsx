import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useServices } from '../../app-services.ts';
import { formatDay } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { buttonLook, Select } from '../../ui/controls.tsx';
import { PageHeading, usePageTitle } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { groupResults, type SearchReply } from './result.ts';
import { ResultGroups } from './result-groups.tsx';
import { findSpoken } from './search-calls.ts';
import { SearchField } from './search-field.tsx';
import { SearchFilters } from './search-filters.tsx';
import { isNarrowed, narrowed, type SpokenSearch, sorts } from './search-search.ts';

const route = getRouteApi('/search');
/** As far as the server pages: whoever wants what lies beyond narrows the search. */
const mostResults = 1000;

function useSpoken(search: SpokenSearch, isTyping: boolean) {
  const { session } = useServices();
  return useQuery({
    queryKey: ['search', search, isTyping],
    queryFn: ({ signal }) => findSpoken(session.client, search, isTyping, signal),
    enabled: search.q !== undefined,
    placeholderData: keepPreviousData,
  });
}

/** Every word that was said, to find, to hear in place, to open at its second. */
export default function SearchPage() {
  const { t } = useText();
  const navigate = useNavigate();
  const search = route.useSearch();
  const { q = '' } = search;
  // Words that were being typed when they were asked for; Enter, a link or an address means them as they are.
  const [typing, setTyping] = useState('');
  const found = useSpoken(search, typing !== '' && typing === q.trim());
  usePageTitle(q === '' ? t('search.title') : t('search.titleOf', { q }));
  const reply = q === '' ? undefined : found.data;
  const onSearch = (typed: string, isWhole: boolean) => {
    setTyping(isWhole ? '' : typed.trim());
    if (typed === q) return;
    void navigate({
      to: '/search',
      search: narrowed(search, { q: typed }),
      // The history keeps what was looked for, not each letter of it.
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <>
      <PageHeading className="pt-8 pb-4 md:pt-10">{t('search.title')}</PageHeading>
      <SearchField q={q} onSearch={onSearch} />
      {q === '' ? (
        <HowToSearch />
      ) : (
        <div className="grid gap-x-16 gap-y-5 pt-4 lg:grid-cols-[minmax(0,1fr)_18rem]">
          <div className="min-w-0">
            {found.isError && reply === undefined && (
              <div className="py-6">
                <ProblemNote problem={found.error} onRetry={() => void found.refetch()} />
              </div>
            )}
            {found.isPending && <p className="py-6 text-faint">{t('state.loading')}</p>}
            {reply !== undefined && (
              <div className={found.isPlaceholderData ? 'opacity-60 transition-opacity delay-150' : ''}>
                <Results reply={reply} search={search} />
              </div>
            )}
          </div>
          <SearchFilters search={search} facets={reply?.facets} />
        </div>
      )}
    </>
  );
}

function Results({ reply, search }: { reply: SearchReply; search: SpokenSearch }) {
  const { t, language } = useText();
  const groups = useMemo(() => groupResults(reply.results), [reply.results]);
  const { total, total_is_exact: isExact, page, per_page: perPage } = reply;
  // A count that stops short names no last page.
  const pages = isExact ? Math.ceil(Math.min(total, mostResults) / perPage) : page + (reply.has_next ? 1 : 0);
  return (
    <>
      <div className="flex min-h-11 items-center justify-between gap-4 border-b border-line">
        <p role="status" className="text-faint">
          {t(isExact ? 'search.count' : 'search.countOver', { count: total })}
        </p>
        {total > 0 && <SortSelect search={search} />}
      </div>
      {reply.covered_since !== null && total > 0 && (
        <p className="pt-3 text-note text-faint">
          {t('search.coveredSince', { date: formatDay(reply.covered_since, language) })}
        </p>
      )}
      {total === 0 ? (
        <NothingFound search={search} isUnasked={reply.message !== null} />
      ) : (
        <>
          <ResultGroups groups={groups} q={search.q ?? ''} />
          <Pager
            page={page}
            pages={pages}
            label={t('search.pages')}
            previous={t('archive.previous')}
            next={t('archive.next')}
            position={isExact ? t('archive.page', { page, pages }) : t('search.page', { page })}
            linkTo={(to) => ({ to: '/search', search: { ...search, page: to > 1 ? to : undefined } })}
          />
        </>
      )}
    </>
  );
}

function SortSelect({ search }: { search: SpokenSearch }) {
  const { t } = useText();
  const navigate = useNavigate();
  return (
    <Select
      quiet
      aria-label={t('search.sort')}
      value={search.sort ?? 'relevance'}
      onChange={(event) =>
        void navigate({
          to: '/search',
          search: narrowed(search, { sort: event.target.value }),
          resetScroll: false,
        })
      }
    >
      {sorts.map((sort) => (
        <option key={sort} value={sort}>
          {t(`search.sortBy.${sort}`)}
        </option>
      ))}
    </Select>
  );
}

/** Nothing: what might help. */
function NothingFound({ search, isUnasked }: { search: SpokenSearch; isUnasked: boolean }) {
  const { t } = useText();
  return (
    <div className="max-w-[36rem] py-10">
      <h2 className="font-serif text-title font-semibold">
        {t(isUnasked ? 'search.unaskedTitle' : 'search.nothingTitle')}
      </h2>
      <ul className="mt-3 list-disc pl-5 text-soft">
        <li>{t('search.trySpelling')}</li>
        <li>{t('search.tryFewer')}</li>
        <li>{t('search.tryPrefix')}</li>
      </ul>
      {isNarrowed(search) && (
        <Link
          to="/search"
          search={{ q: search.q, sort: search.sort }}
          className={`${buttonLook()} mt-5 no-underline`}
        >
          {t('search.widen')}
        </Link>
      )}
    </div>
  );
}

/** Before the first word: what is searched, and the few signs that help. */
function HowToSearch() {
  const { t } = useText();
  const signs = ['phrase', 'without', 'either', 'prefix'] as const;
  return (
    <div className="max-w-[40rem] pt-8">
      <p className="text-lead text-soft">{t('search.lead')}</p>
      <dl className="mt-6 border-b border-line">
        {signs.map((sign) => (
          <div key={sign} className="grid grid-cols-[11rem_1fr] gap-x-4 border-t border-line py-2">
            <dt className="font-serif">{t(`search.sign.${sign}`)}</dt>
            <dd className="text-soft">{t(`search.meaning.${sign}`)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
