import { Link, useNavigate } from '@tanstack/react-router';
import { useText } from '../../i18n/language.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';
import { Fold } from '../../ui/fold.tsx';
import { Icon } from '../../ui/icons.tsx';
import { debatTypes } from '../archive/archive-search.ts';
import type { Facet, SearchReply } from './result.ts';
import { isNarrowed, narrowed, type SpokenSearch, yearOf } from './search-search.ts';

interface SearchFiltersProps {
  search: SpokenSearch;
  facets: SearchReply['facets'] | undefined;
}

/** Narrows the search by what was found; every choice is in the address. */
export function SearchFilters({ search, facets }: SearchFiltersProps) {
  const { t } = useText();
  const year = yearOf(search);
  const typeName = (value: string) => {
    const type = debatTypes.find((known) => known === value);
    return type === undefined ? value : t(`type.${type}`);
  };
  const list = (name: string, values: Facet[] | undefined, chosen: string | undefined) => ({
    name,
    chosen,
    values: withChosen(values ?? [], chosen),
  });
  return (
    <Fold title={t('search.narrow')}>
      <div className="flex flex-col gap-6">
        <FacetList
          {...list(t('archive.commission'), facets?.commission, search.commission)}
          to={(commission) => narrowed(search, { commission })}
        />
        <FacetList
          {...list(t('search.depute'), facets?.depute, search.depute)}
          to={(depute) => narrowed(search, { depute })}
        />
        <FacetList
          {...list(t('archive.type'), facets?.type, search.type)}
          write={typeName}
          to={(type) => narrowed(search, { type })}
        />
        <FacetList
          {...list(t('search.year'), facets?.year, year)}
          to={(value) =>
            narrowed(search, {
              from: value === undefined ? undefined : `${value}-01-01`,
              to: value === undefined ? undefined : `${value}-12-31`,
            })
          }
        />
        <DateFields search={search} />
        {isNarrowed(search) && (
          <Link
            to="/search"
            search={{ q: search.q, sort: search.sort }}
            className="text-soft underline decoration-line-strong underline-offset-3 hover:text-ink"
          >
            {t('search.widen')}
          </Link>
        )}
      </div>
    </Fold>
  );
}

/** A choice stays in its list even when nothing is found with it any more. */
function withChosen(values: Facet[], chosen: string | undefined): Facet[] {
  const isThere = chosen === undefined || values.some(({ value }) => value === chosen);
  return isThere ? values : [{ value: chosen, count: 0 }, ...values];
}

interface FacetListProps {
  name: string;
  values: Facet[];
  chosen: string | undefined;
  write?: (value: string) => string;
  to(value: string | undefined): SpokenSearch;
}

const shownValues = 8;

function FacetList({ name, values, chosen, write = (value) => value, to }: FacetListProps) {
  const { t, language } = useText();
  const number = new Intl.NumberFormat(language);
  if (values.length === 0) return null;
  return (
    <div>
      <h2 className="mb-1 font-medium">{name}</h2>
      <ul>
        {values.slice(0, shownValues).map(({ value, count }) => {
          const isChosen = value === chosen;
          return (
            <li key={value}>
              <Link
                to="/search"
                search={to(isChosen ? undefined : value)}
                resetScroll={false}
                aria-current={isChosen ? 'true' : undefined}
                className={`-mx-2 flex min-h-9 items-center gap-2 rounded-(--radius) px-2 py-1 no-underline hover:bg-sunk ${isChosen ? 'font-medium text-ink' : 'text-soft'}`}
              >
                <span className="min-w-0 flex-1">{write(value)}</span>
                {isChosen ? (
                  <>
                    <span className="sr-only">{t('search.chosen')}</span>
                    <Icon name="close" size={13} />
                  </>
                ) : (
                  <span className="text-note text-faint">{number.format(count)}</span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function DateFields({ search }: { search: SpokenSearch }) {
  const { t } = useText();
  const navigate = useNavigate();
  const choose = (change: { from?: string; to?: string }) =>
    void navigate({ to: '/search', search: narrowed(search, change), resetScroll: false });
  const field = (name: 'from' | 'to') => (
    <Field label={t(`search.${name}`)}>
      {(control) => (
        <TextInput
          {...control}
          type="date"
          value={search[name] ?? ''}
          onChange={(event) => choose({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <div className="grid grid-cols-2 gap-3">
      {field('from')}
      {field('to')}
      {(search.from !== undefined || search.to !== undefined) && (
        <Button
          look="quiet"
          className="col-span-2 mx-0 justify-self-start"
          onClick={() => choose({ from: '', to: '' })}
        >
          {t('search.anyDate')}
        </Button>
      )}
    </div>
  );
}
