import type { Executor } from '../../../kernel/db/db.ts';
import { runSql } from '../../../kernel/db/db.ts';

/** What an organisation keeps, in bytes: files as they came, and renditions. Pictures and lists beside them are small. */
export interface Usage {
  originalsBytes: number;
  renditionsBytes: number;
  /** The part of both that lies in the trash. */
  trashBytes: number;
  recordings: number;
  trashedRecordings: number;
}

const USAGE = `
  select coalesce(sum(r.original), 0)::float8 as "originalsBytes",
    coalesce(sum(r.renditions), 0)::float8 as "renditionsBytes",
    coalesce(sum(r.original + r.renditions) filter (where r.is_trashed), 0)::float8 as "trashBytes",
    count(*) filter (where not r.is_trashed) as recordings,
    count(*) filter (where r.is_trashed) as "trashedRecordings"
  from (
    select case when original_key is null then 0 else coalesce(size_bytes, 0) end as original,
      trashed_at is not null as is_trashed,
      coalesce((select sum(f.size_bytes) from renditions f
        where f.organisation_id = recordings.organisation_id and f.recording_id = recordings.id
          and f.status = 'completed'), 0) as renditions
    from recordings where organisation_id = $1
  ) r`;

/** All that is committed; what is on its way is not. */
export async function readUsage(q: Executor, organisationId: string): Promise<Usage> {
  const [row] = await runSql<Usage>(q, USAGE, [organisationId]);
  if (!row) throw new Error('the database answered no figures');
  return row;
}

/** What the organisation may keep; null without a limit. */
export async function readQuota(q: Executor, organisationId: string): Promise<number | null> {
  const [row] = await runSql<{ bytes: number | null }>(
    q,
    'select quota_bytes::float8 as bytes from organisation_quotas where organisation_id = $1',
    [organisationId],
  );
  return row?.bytes ?? null;
}

/** Until the transaction ends nobody else adds to what the organisation keeps: two at once must not both take the rest. */
export async function lockUsage(q: Executor, organisationId: string): Promise<void> {
  await runSql(q, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`media-usage:${organisationId}`]);
}
