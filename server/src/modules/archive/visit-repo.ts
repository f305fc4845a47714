import { type Executor, runSql } from '../../kernel/db/db.ts';

/** Looked at, played, or fetched as a file. */
export type VisitKind = 'view' | 'stream' | 'download';

/** Someone opened, played or fetched a débat. */
export interface Visit {
  organisationId: string;
  debatId: string;
  kind: VisitKind;
  /** The rendition that was sent; null for a view. */
  sent: { recordingId: string; format: string; quality: string; normalised: number | null } | null;
  /** YYYY-MM-DD */
  day: string;
  /** 32 hex digits; who it was cannot be told from it. */
  visitor: string;
}

const RECORD = `
  with given as (
    select distinct on (v.organisation_id, v.debat_id, v.kind, v.day, v.visitor)
      v.organisation_id, v.debat_id, v.kind, v.day, v.visitor, f.id as audio_file_id
    from jsonb_to_recordset($1::jsonb) as v(organisation_id uuid, debat_id uuid, kind text, day date, visitor text,
      recording_id uuid, format text, quality text, normalised smallint)
    join debats d on d.organisation_id = v.organisation_id and d.id = v.debat_id
    left join media_audio_files f on f.organisation_id = v.organisation_id and f.recording_id = v.recording_id
      and f.format = v.format and f.quality = v.quality and f.target_lufs is not distinct from v.normalised
  ), fresh as (
    insert into debat_visits (organisation_id, debat_id, kind, day, visitor)
    select organisation_id, debat_id, kind, day, decode(visitor, 'hex') from given
    on conflict do nothing
    returning organisation_id, debat_id, kind, day, visitor
  ), counted as (
    update debat_counts c
    set view_count = c.view_count + n.views, download_count = c.download_count + n.downloads
    from (
      select organisation_id, debat_id, count(*) filter (where kind = 'view') as views,
        count(*) filter (where kind = 'download') as downloads
      from fresh group by organisation_id, debat_id
    ) n
    where c.organisation_id = n.organisation_id and c.debat_id = n.debat_id
  )
  insert into debat_audio_counts as a (audio_file_id, organisation_id, debat_id, stream_count, download_count)
  select g.audio_file_id, g.organisation_id, g.debat_id,
    count(*) filter (where g.kind = 'stream'), count(*) filter (where g.kind = 'download')
  from given g
  join fresh f on f.organisation_id = g.organisation_id and f.debat_id = g.debat_id and f.kind = g.kind
    and f.day = g.day and f.visitor = decode(g.visitor, 'hex')
  where g.audio_file_id is not null
  group by g.audio_file_id, g.organisation_id, g.debat_id
  on conflict (audio_file_id) do update
  set stream_count = a.stream_count + excluded.stream_count,
    download_count = a.download_count + excluded.download_count`;

/** Counts those visits that are the first of their visitor to that débat on that day. */
export async function recordVisits(q: Executor, visits: readonly Visit[]): Promise<void> {
  const rows = visits.map((visit) => ({
    organisation_id: visit.organisationId,
    debat_id: visit.debatId,
    kind: visit.kind,
    day: visit.day,
    visitor: visit.visitor,
    recording_id: visit.sent?.recordingId ?? null,
    format: visit.sent?.format ?? null,
    quality: visit.sent?.quality ?? null,
    normalised: visit.sent?.normalised ?? null,
  }));
  await runSql(q, RECORD, [JSON.stringify(rows)]);
}

/** Forgets who came before `day`: the counts stay. */
export async function forgetVisitsAcrossOrganisations(q: Executor, day: string): Promise<void> {
  await runSql(q, 'delete from debat_visits where day < $1::date', [day]);
}
