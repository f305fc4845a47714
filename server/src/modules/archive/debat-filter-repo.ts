import type { DebatStatus, DebatType } from './debat.ts';
import type { SORT_KEYS } from './schemas.ts';

/** What a list is narrowed to; absent members do not narrow. Texts are clean and not empty. */
export interface DebatFilters {
  /** Only public débats: what lists show to whoever lacks `archive.read`. */
  publicOnly: boolean;
  /** All of these in title or description. */
  words: readonly string[];
  type?: DebatType | undefined;
  status?: DebatStatus | undefined;
  commission?: string | undefined;
  depute?: string | undefined;
  dateStart?: string | undefined;
  dateEnd?: string | undefined;
  hasAudio?: boolean | undefined;
}

/** A WHERE over `debats d`, its values from `$1`, and its name when it is common enough for a kept plan. */
export interface ListStatement {
  where: string;
  values: unknown[];
  shape: string | null;
}

/** Kept plans: the plain list, or narrowed by one of the cheap filters. */
const MOST_NAMED_FILTERS = 1;

/** Turns filters into SQL; every value is a parameter, the first is the organisation. */
export function filterOf(organisationId: string, filters: DebatFilters): ListStatement {
  const values: unknown[] = [organisationId];
  const conditions = ['d.organisation_id = $1'];
  const names: string[] = [];
  const narrow = (name: string, value: unknown, condition: (parameter: string) => string): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
    names.push(name);
  };
  if (filters.publicOnly) conditions.push("d.visibility = 'public'");
  narrow('type', filters.type, (p) => `d.type = ${p}`);
  narrow('status', filters.status, (p) => `d.status = ${p}`);
  narrow('audio', filters.hasAudio, (p) => `d.has_audio = ${p}`);
  narrow('commission', filters.commission, (p) => `d.commission_key = archive_fold(${p})`);
  narrow('from', filters.dateStart, (p) => `d.date >= ${p}::date`);
  narrow('to', filters.dateEnd, (p) => `d.date <= ${p}::date`);
  const isCheap =
    names.length <= MOST_NAMED_FILTERS && filters.depute === undefined && filters.words.length === 0;
  narrow(
    'depute',
    filters.depute,
    (p) => `archive_people(d.speakers, d.ministers) like archive_pattern(${p})`,
  );
  for (const word of filters.words) {
    narrow(
      'q',
      word,
      (p) => `archive_fold(d.title || ' ' || coalesce(d.description, '')) like archive_pattern(${p})`,
    );
  }
  const shape = `${filters.publicOnly ? 'public' : 'all'}${names.map((name) => `,${name}`).join('')}`;
  return { where: conditions.join(' and '), values, shape: isCheap ? shape : null };
}

/** ORDER BY of a list, with the id as the last word so that pages never overlap, and what it selects from. */
export function orderOf(
  sortBy: (typeof SORT_KEYS)[number],
  order: 'asc' | 'desc',
): { by: string; from: string } {
  const column = {
    date: `d.date ${order}`,
    title: `archive_fold(d.title) ${order}`,
    created_at: `d.created_at ${order}`,
    duration_minutes: `d.duration_minutes ${order} nulls last`,
    view_count: `k.view_count ${order}`,
  }[sortBy];
  if (sortBy !== 'view_count') return { by: `${column}, d.id ${order}`, from: 'debats d' };
  const from = 'debat_counts k join debats d on d.organisation_id = k.organisation_id and d.id = k.debat_id';
  return { by: `${column}, k.debat_id ${order}`, from };
}
