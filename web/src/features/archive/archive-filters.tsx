import { useNavigate } from '@tanstack/react-router';
import { useText } from '../../i18n/language.ts';
import { Button, Select } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useTyped } from '../../ui/use-typed.ts';
import {
  type ArchiveSearch,
  debatStatuses,
  debatTypes,
  isFiltered,
  readArchiveSearch,
} from './archive-search.ts';
import { CommissionSelect } from './commission-select.tsx';

const typingPauseMs = 250;

/** Narrows the list; every choice is in the address. */
export function ArchiveFilters({ search }: { search: ArchiveSearch }) {
  const { t } = useText();
  const navigate = useNavigate();
  const narrow = (change: Record<string, string | undefined>, replace = false) =>
    void navigate({
      to: '/archive',
      search: readArchiveSearch({ ...search, ...change, page: undefined }),
      replace,
      resetScroll: false,
    });
  return (
    <search className="flex flex-wrap items-center justify-between gap-x-2 border-y border-line py-1">
      <SearchText q={search.q ?? ''} onChange={(q) => narrow({ q }, true)} />
      <Select
        quiet
        aria-label={t('archive.type')}
        value={search.type ?? ''}
        onChange={(event) => narrow({ type: event.target.value })}
      >
        <option value="">{t('archive.type')}</option>
        {debatTypes.map((type) => (
          <option key={type} value={type}>
            {t(`type.${type}`)}
          </option>
        ))}
      </Select>
      <CommissionSelect value={search.commission} onChange={(commission) => narrow({ commission })} />
      <Select
        quiet
        aria-label={t('archive.status')}
        value={search.status ?? ''}
        onChange={(event) => narrow({ status: event.target.value })}
      >
        <option value="">{t('archive.status')}</option>
        {debatStatuses.map((status) => (
          <option key={status} value={status}>
            {t(`status.${status}`)}
          </option>
        ))}
      </Select>
      {isFiltered(search) && (
        <Button look="quiet" className="mx-0" onClick={() => void navigate({ to: '/archive', search: {} })}>
          {t('archive.clear')}
        </Button>
      )}
    </search>
  );
}

/** What is typed reaches the address after a pause; an address from elsewhere reaches what is typed. */
function SearchText({ q, onChange }: { q: string; onChange(q: string): void }) {
  const { t } = useText();
  const [typed, setTyped] = useTyped(q, onChange, typingPauseMs);
  return (
    <label className="flex min-h-11 flex-1 max-md:basis-full items-center gap-2.5 text-faint max-md:border-b max-md:border-line">
      <Icon name="search" size={17} />
      <span className="sr-only">{t('archive.search')}</span>
      <input
        type="search"
        value={typed}
        placeholder={t('archive.search')}
        onChange={(event) => setTyped(event.target.value)}
        className="h-10 w-full min-w-0 bg-transparent text-ink placeholder:text-faint"
      />
    </label>
  );
}
