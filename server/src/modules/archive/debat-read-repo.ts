import { type Db, type Executor, runSql } from '../../kernel/db/db.ts';
import { type DebatFilters, filterOf, orderOf } from './debat-filter-repo.ts';

// PostgreSQL writes the JSON that clients read, one text per débat with its audio files inside. The fields and
// their order are those of `DebatSchema` and `AudioFileSchema`; the tests hold every reply to them.

const time = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const AUDIO_FILE_JSON = `(select row_to_json(shown) from (select
  f.id, d.id as debate_id, f.filename,
  f.size_bytes as file_size, round(f.size_bytes / 1048576.0, 2) as file_size_mb,
  f.format, f.quality,
  f.duration_ms / 1000 as duration_seconds,
  to_char(make_interval(secs => f.duration_ms / 1000), 'HH24:MI:SS') as duration_formatted,
  f.status as extraction_status,
  ${time('f.started_at')} as extraction_started_at,
  ${time('f.completed_at')} as extraction_completed_at,
  f.error as extraction_error,
  '/api/debats/' || d.id || '/audio?format=' || f.format || '&quality=' || f.quality as stream_url,
  '/api/debats/' || d.id || '/download?format=' || f.format || '&quality=' || f.quality as download_url,
  coalesce(n.download_count, 0) as download_count,
  coalesce(n.stream_count, 0) as stream_count,
  f.status = 'completed' as is_ready,
  f.status = 'extracting' as is_extracting,
  f.status = 'error' as has_error,
  '{}'::json as metadata,
  ${time('f.created_at')} as created_at,
  ${time('f.updated_at')} as updated_at
) shown)`;

/**
 * Ready files first, MP3 before the rest, so that clients that take the first one get one that plays. Normalised ones
 * are among the addresses to play from only: here their like would stand twice.
 */
const AUDIO_FILES = `(
  select json_agg(${AUDIO_FILE_JSON} order by (f.status = 'completed') desc, (f.format = 'mp3') desc, f.format, f.quality)
  from media_audio_files f
  left join debat_audio_counts n on n.audio_file_id = f.id
  where f.organisation_id = d.organisation_id and f.recording_id = d.recording_id and f.target_lufs is null
)`;

const DEBAT_JSON = `(select row_to_json(shown) from (select
  d.id, d.title, d.description, d.type, d.status, d.visibility, d.date,
  ${time('d.start_time')} as start_time,
  ${time('d.end_time')} as end_time,
  d.duration_minutes,
  case when d.duration_minutes >= 60
    then d.duration_minutes / 60 || 'h ' || lpad((d.duration_minutes % 60)::text, 2, '0') || 'min'
    else d.duration_minutes || 'min' end as display_duration,
  d.source_url, d.video_url, d.thumbnail_url, d.commission, d.salle,
  d.speakers, d.ministers, d.tags, d.keywords, d.metadata,
  d.is_live, d.has_audio, d.recording_id,
  c.view_count, c.download_count,
  coalesce(${AUDIO_FILES}, '[]') as audio_files,
  ${time('d.created_at')} as created_at,
  ${time('d.updated_at')} as updated_at
) shown)`;

const SOME = `select d.id, ${DEBAT_JSON}::text as json
  from debats d join debat_counts c on c.debat_id = d.id
  where d.organisation_id = $1 and d.id = any($2::uuid[]) and (d.visibility <> 'private' or $3)`;

/** Débats by id, each as the text of its JSON; those that are not there, or not for this reader, are left out. */
export async function readDebatsJson(
  db: Db,
  organisationId: string,
  ids: readonly string[],
  seesPrivate: boolean,
): Promise<Map<string, string>> {
  const rows = await db.read<{ id: string; json: string }>('archive.debats', SOME, [
    organisationId,
    ids,
    seesPrivate,
  ]);
  return new Map(rows.map((row) => [row.id, row.json]));
}

const FILES = `select coalesce(${AUDIO_FILES}, '[]')::text as json
  from debats d where d.organisation_id = $1 and d.id = $2`;

/** The audio files of a débat as the text of a JSON array. */
export async function readAudioFilesJson(
  q: Executor,
  organisationId: string,
  debatId: string,
): Promise<string> {
  const rows = await runSql<{ json: string }>(q, FILES, [organisationId, debatId]);
  return rows[0]?.json ?? '[]';
}

type SortKey = Parameters<typeof orderOf>[0];

/**
 * The ids of one page. Apart from its rows: what PostgreSQL expects of a page depends on its number, so it plans
 * this short statement anew each time, but the long one below only once per connection.
 */
export async function readPageIds(
  db: Db,
  organisationId: string,
  filters: DebatFilters,
  page: { sortBy: SortKey; sortOrder: 'asc' | 'desc'; limit: number; offset: number },
): Promise<string[]> {
  const { where, values, shape } = filterOf(organisationId, filters);
  const { by, from } = orderOf(page.sortBy, page.sortOrder);
  const [limit, offset] = [`$${values.length + 1}`, `$${values.length + 2}`];
  const text = `select d.id from ${from} where ${where} order by ${by} limit ${limit} offset ${offset}`;
  const isUsual = shape !== null && page.sortBy === 'date' && page.sortOrder === 'desc';
  const name = isUsual ? `archive.page:${shape}` : null;
  const rows = await run<{ id: string }>(db, name, text, [...values, page.limit, page.offset]);
  return rows.map((row) => row.id);
}

const ROWS = `select string_agg(${DEBAT_JSON}::text, ',' order by p.place) as json
  from unnest($2::uuid[]) with ordinality p(id, place)
  join debats d on d.organisation_id = $1 and d.id = p.id and (d.visibility = 'public' or $3)
  join debat_counts c on c.debat_id = d.id`;

/** Débats in the order of their ids, as the text of a JSON array; one removed or hidden meanwhile is left out. */
export async function readRowsJson(
  db: Db,
  organisationId: string,
  ids: readonly string[],
  publicOnly: boolean,
): Promise<string> {
  if (ids.length === 0) return '[]';
  const values = [organisationId, ids, !publicOnly];
  const rows = await db.read<{ json: string | null }>('archive.rows', ROWS, values);
  return `[${rows[0]?.json ?? ''}]`;
}

/** How many débats the filters leave. */
export async function countDebats(db: Db, organisationId: string, filters: DebatFilters): Promise<number> {
  const { where, values, shape } = filterOf(organisationId, filters);
  const text = `select count(*) as total from debats d where ${where}`;
  const rows = await run<{ total: number }>(
    db,
    shape === null ? null : `archive.count:${shape}`,
    text,
    values,
  );
  return rows[0]?.total ?? 0;
}

/** Named where the shape is common; the rest is planned with its values, and keeps no plan on any connection. */
async function run<Row>(db: Db, name: string | null, text: string, values: unknown[]): Promise<Row[]> {
  return name === null ? runSql<Row>(db.kysely, text, values) : db.read<Row>(name, text, values);
}
