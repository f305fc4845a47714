import { type Db, type Executor, runSql } from '../../kernel/db/db.ts';
import { type DebatFilters, filterOf, type ListStatement, orderOf } from './debat-filter-repo.ts';

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

/** Ready files first, MP3 before the rest, so that clients that take the first one get one that plays. */
const AUDIO_FILES = `(
  select json_agg(${AUDIO_FILE_JSON} order by (f.status = 'completed') desc, (f.format = 'mp3') desc, f.format, f.quality)
  from media_audio_files f
  left join debat_audio_counts n on n.audio_file_id = f.id
  where f.organisation_id = d.organisation_id and f.recording_id = d.recording_id
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

const ONE = `select ${DEBAT_JSON}::text as json
  from debats d join debat_counts c on c.debat_id = d.id
  where d.organisation_id = $1 and d.id = $2 and (d.visibility <> 'private' or $3)`;

/** One débat as the text of its JSON; null when there is none, or none for this reader. */
export async function readDebatJson(
  db: Db,
  organisationId: string,
  id: string,
  seesPrivate: boolean,
): Promise<string | null> {
  const rows = await db.read<{ json: string }>('archive.debat', ONE, [organisationId, id, seesPrivate]);
  return rows[0]?.json ?? null;
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

/** One page as the text of a JSON array; `filters` as `filterOf` knows them. */
export async function readPageJson(
  db: Db,
  organisationId: string,
  filters: DebatFilters,
  page: { sortBy: SortKey; sortOrder: 'asc' | 'desc'; limit: number; offset: number },
): Promise<string> {
  const statement = filterOf(organisationId, filters);
  const values = [...statement.values, page.limit, page.offset];
  const text = pageText(statement, orderOf(page.sortBy, page.sortOrder), values.length);
  const name = page.sortBy === 'date' && page.sortOrder === 'desc' ? statement.shape : null;
  const rows = await run<{ json: string | null }>(
    db,
    name === null ? null : `archive.page:${name}`,
    text,
    values,
  );
  return `[${rows[0]?.json ?? ''}]`;
}

type SortKey = Parameters<typeof orderOf>[0];

/** First the ids of the page, from an index alone where filters allow; then only their rows. */
function pageText(statement: ListStatement, order: ReturnType<typeof orderOf>, valueCount: number): string {
  return `with picked as (
      select d.id, row_number() over (order by ${order.by}) as place
      from ${order.from} where ${statement.where}
      order by ${order.by} limit $${valueCount - 1} offset $${valueCount}
    )
    select string_agg(${DEBAT_JSON}::text, ',' order by p.place) as json
    from picked p
    join debats d on d.organisation_id = $1 and d.id = p.id
    join debat_counts c on c.debat_id = d.id`;
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
