import type { Schema } from '@antenne/client';

export type Debat = Schema<'Debat'>;

export const debatTypes: Debat['type'][] = [
  'seance_publique',
  'commission',
  'audition',
  'question_gouvernement',
  'autre',
];

export const debatStatuses: Debat['status'][] = [
  'disponible',
  'extraction',
  'programme',
  'en_cours',
  'termine',
  'erreur',
];

export const sortColumns = ['date', 'title', 'duration'] as const;
export type SortColumn = (typeof sortColumns)[number];

/** What the list shows, as its address says; what is usual is left out of the address. */
export interface ArchiveSearch {
  q?: string;
  type?: Debat['type'];
  status?: Debat['status'];
  commission?: string;
  sort?: SortColumn;
  order?: 'asc' | 'desc';
  page?: number;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

const oneOf = <T extends string>(known: readonly T[], value: unknown): T | undefined =>
  known.find((candidate) => candidate === value);

/** Reads an address; what it does not know it leaves out. */
export function readArchiveSearch(search: Record<string, unknown>): ArchiveSearch {
  const page = Number(search.page);
  const read: ArchiveSearch = {
    q: text(search.q),
    type: oneOf(debatTypes, search.type),
    status: oneOf(debatStatuses, search.status),
    commission: text(search.commission),
    sort: oneOf(sortColumns, search.sort),
    order: oneOf(['asc', 'desc'], search.order),
    page: Number.isInteger(page) && page > 1 ? page : undefined,
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** Dates go from the newest, titles from A, lengths from the longest, until one asks otherwise. */
export const usualOrder: Record<SortColumn, 'asc' | 'desc'> = {
  date: 'desc',
  title: 'asc',
  duration: 'desc',
};

/** The address after a press on a column's name: sort by it, or turn it round. */
export function sortedBy(search: ArchiveSearch, column: SortColumn): ArchiveSearch {
  const current = search.sort ?? 'date';
  const order = search.order ?? usualOrder[current];
  const next = current === column ? (order === 'asc' ? 'desc' : 'asc') : usualOrder[column];
  return readArchiveSearch({
    ...search,
    page: undefined,
    sort: column === 'date' ? undefined : column,
    order: next === usualOrder[column] ? undefined : next,
  });
}

/** What the server calls each column. */
export const serverSort = { date: 'date', title: 'title', duration: 'duration_minutes' } as const;

/** True when the list is narrowed by anything. */
export const isFiltered = ({ q, type, status, commission }: ArchiveSearch): boolean =>
  [q, type, status, commission].some((value) => value !== undefined);

/** The seconds of sound of a débat: of its file where there is one, else what its sheet says. */
export function secondsOf(debat: Debat): number | null {
  const file = debat.audio_files.find(
    (candidate) => candidate.is_ready && candidate.duration_seconds !== null,
  );
  if (file?.duration_seconds != null) return file.duration_seconds;
  return debat.duration_minutes === null ? null : debat.duration_minutes * 60;
}
