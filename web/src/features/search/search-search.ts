import { type Debat, debatTypes } from '../archive/archive-search.ts';

export const sorts = ['relevance', 'date_desc', 'date_asc'] as const;
export type SearchSort = (typeof sorts)[number];

/** What is looked for, as the address says; what is usual is left out of it. */
export interface SpokenSearch {
  q?: string;
  commission?: string;
  depute?: string;
  type?: Debat['type'];
  from?: string;
  to?: string;
  sort?: SearchSort;
  page?: number;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;
const day = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

/** Reads an address; what it does not know it leaves out. */
export function readSpokenSearch(search: Record<string, unknown>): SpokenSearch {
  const page = Number(search.page);
  const read: SpokenSearch = {
    q: text(search.q),
    commission: text(search.commission),
    depute: text(search.depute),
    type: debatTypes.find((known) => known === search.type),
    from: day(search.from),
    to: day(search.to),
    sort: sorts.find((known) => known === search.sort && known !== 'relevance'),
    page: Number.isInteger(page) && page > 1 ? page : undefined,
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** True when the search is narrowed by anything but its words. */
export const isNarrowed = ({ commission, depute, type, from, to }: SpokenSearch): boolean =>
  [commission, depute, type, from, to].some((value) => value !== undefined);

/** The address after a choice; the pages begin again. */
export const narrowed = (search: SpokenSearch, change: Record<string, string | undefined>): SpokenSearch =>
  readSpokenSearch({ ...search, page: undefined, ...change });

/** The year that the dates enclose, if it is exactly one. */
export function yearOf({ from, to }: SpokenSearch): string | undefined {
  const year = from?.slice(0, 4);
  return year !== undefined && from === `${year}-01-01` && to === `${year}-12-31` ? year : undefined;
}
