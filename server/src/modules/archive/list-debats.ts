import type { Actor } from '../../kernel/auth/actor.ts';
import { pageMembers, pageOf } from '../../kernel/http/schemas.ts';
import type { Archive } from './archive.ts';
import { cleanLine } from './clean-text.ts';
import type { DebatFilters } from './debat-filter-repo.ts';
import { countDebats, readPageIds, readRowsJson } from './debat-read-repo.ts';
import { refuseFields } from './errors.ts';
import { seesAll } from './policy.ts';
import type { DebatListQuery } from './schemas.ts';

const MOST_WORDS = 8;

/** One page of the débats that the actor may see in lists, as the text of its JSON (`DebatPage`). */
export async function listDebats(archive: Archive, actor: Actor, query: DebatListQuery): Promise<string> {
  const { page, perPage } = pageOf(query);
  const filters = readFilters(query, !seesAll(actor));
  const { organisationId } = actor;
  const load = () => readList(archive, organisationId, filters, query);
  // Who sees everything is who changes it, and reads what they changed.
  if (seesAll(actor)) return load();
  const { sort_by: sortBy, sort_order: sortOrder } = query;
  return archive.cache.text(
    {
      kind: 'debats',
      organisationId,
      key: JSON.stringify([filters, sortBy, sortOrder, page, perPage]),
      ttlSeconds: archive.config.cacheTtl.debatsSeconds,
    },
    load,
  );
}

async function readList(
  archive: Archive,
  organisationId: string,
  filters: DebatFilters,
  query: DebatListQuery,
): Promise<string> {
  const { page, perPage, window } = pageOf(query);
  const rows = readPageIds(archive.db, organisationId, filters, {
    sortBy: query.sort_by ?? 'date',
    sortOrder: query.sort_order ?? 'desc',
    ...window,
  }).then((ids) => readRowsJson(archive.db, organisationId, ids, filters.publicOnly));
  const counted = archive.totals.get(organisationId, JSON.stringify(filters), () =>
    countDebats(archive.db, organisationId, filters),
  );
  const [debats, total] = await Promise.all([rows, counted]);
  return `{"debats":${debats},${JSON.stringify(pageMembers(page, perPage, total)).slice(1)}`;
}

function readFilters(query: DebatListQuery, publicOnly: boolean): DebatFilters {
  const { date_start: dateStart, date_end: dateEnd } = query;
  if (dateStart !== undefined && dateEnd !== undefined && dateStart > dateEnd) {
    throw refuseFields([{ field: 'date_end', message: 'must not be before date_start' }]);
  }
  const words = cleanLine(query.q ?? '')
    .split(/\s+/)
    .filter((word) => word !== '');
  return {
    publicOnly,
    words: words.slice(0, MOST_WORDS),
    type: query.type,
    status: query.status,
    commission: textOf(query.commission),
    depute: textOf(query.depute),
    dateStart,
    dateEnd,
    hasAudio: query.has_audio,
  };
}

/** An empty filter is none: forms send those. */
function textOf(text: string | undefined): string | undefined {
  return cleanLine(text ?? '') || undefined;
}
