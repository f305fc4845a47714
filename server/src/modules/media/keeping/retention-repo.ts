import { sql } from 'kysely';
import { type Executor, runSql } from '../../../kernel/db/db.ts';
import type { MediaTables } from '../tables.ts';

/** What an organisation lets go without being asked; null: never. */
export interface RetentionRules {
  /** Days without a hearing after which a rendition that someone asked for goes. */
  unusedRenditionsDays: number | null;
  /** Days after which the file as it came goes, where renditions stay. */
  originalsDays: number | null;
}

/** A file that a rule lets go. */
export interface Expired {
  organisationId: string;
  recordingId: string;
  title: string;
  /** Null for an original. */
  renditionId: string | null;
  /** Format and quality of a rendition. */
  label: string | null;
  key: string;
  sizeBytes: number;
}

function tables(q: Executor) {
  return q.withTables<MediaTables>();
}

/** Absent rules remove nothing. */
export async function findRetention(q: Executor, organisationId: string): Promise<RetentionRules> {
  const row = await tables(q)
    .selectFrom('retention_rules')
    .select(['unused_renditions_days as unusedRenditionsDays', 'originals_days as originalsDays'])
    .where('organisation_id', '=', organisationId)
    .executeTakeFirst();
  return row ?? { unusedRenditionsDays: null, originalsDays: null };
}

/** Replaces the organisation's rules. */
export async function saveRetention(
  q: Executor,
  organisationId: string,
  { unusedRenditionsDays, originalsDays }: RetentionRules,
): Promise<void> {
  const values = {
    unused_renditions_days: unusedRenditionsDays,
    originals_days: originalsDays,
    updated_at: sql<Date>`now()`,
  };
  await tables(q)
    .insertInto('retention_rules')
    .values({ organisation_id: organisationId, ...values })
    .onConflict((conflict) => conflict.column('organisation_id').doUpdateSet(values))
    .execute();
}

// A rendition goes when another one stays and the original can make it again; the one that the recording was asked in stays.
const RENDITIONS = `
  select f.organisation_id as "organisationId", f.recording_id as "recordingId", r.title, f.id as "renditionId",
    f.format || ' ' || f.quality as label, f.file_key as key, f.size_bytes as "sizeBytes"
  from retention_rules t
  join renditions f on f.organisation_id = t.organisation_id
  join recordings r on r.organisation_id = f.organisation_id and r.id = f.recording_id
  where t.unused_renditions_days is not null and not f.is_planned and f.status = 'completed'
    and f.used_at < now() - make_interval(days => t.unused_renditions_days)
    and r.status = 'ready' and r.trashed_at is null and r.original_key is not null
    and (f.format, f.quality) <> (r.wanted_format, r.wanted_quality)
    and exists (select from renditions o where o.organisation_id = f.organisation_id
      and o.recording_id = f.recording_id and o.id <> f.id and o.status = 'completed' and o.is_planned)
    and f.id > $1 order by f.id limit $2`;

// An original goes when what plays is whole, it was measured, and nothing waits for it.
const ORIGINALS = `
  select r.organisation_id as "organisationId", r.id as "recordingId", r.title, null::uuid as "renditionId",
    null as label, r.original_key as key, r.size_bytes as "sizeBytes"
  from retention_rules t
  join recordings r on r.organisation_id = t.organisation_id
  where t.originals_days is not null and r.status = 'ready' and r.trashed_at is null
    and r.original_key is not null and r.completed_at < now() - make_interval(days => t.originals_days)
    and exists (select from recording_analyses a where a.organisation_id = r.organisation_id
      and a.recording_id = r.id and a.status = 'completed')
    and exists (select from renditions f where f.organisation_id = r.organisation_id
      and f.recording_id = r.id and f.status = 'completed')
    and not exists (select from renditions f where f.organisation_id = r.organisation_id
      and f.recording_id = r.id and f.status in ('pending', 'extracting'))
    and r.id > $1 order by r.id limit $2`;

/** The next files that the rules of their organisations let go, after an id. */
export function listExpiredAcrossOrganisations(
  q: Executor,
  kind: 'renditions' | 'originals',
  afterId: string,
  atMost: number,
): Promise<Expired[]> {
  return runSql<Expired>(q, kind === 'renditions' ? RENDITIONS : ORIGINALS, [afterId, atMost]);
}

/** Removes the row of a rendition, if it still is the one of that file and was not heard since. */
export async function dropRendition(q: Executor, expired: Expired, renditionId: string): Promise<boolean> {
  const row = await tables(q)
    .deleteFrom('renditions as f')
    .where('f.organisation_id', '=', expired.organisationId)
    .where('f.id', '=', renditionId)
    .where('f.file_key', '=', expired.key)
    .where((e) =>
      e.exists(
        e
          .selectFrom('retention_rules as t')
          .whereRef('t.organisation_id', '=', 'f.organisation_id')
          .whereRef('f.used_at', '<', sql<Date>`now() - make_interval(days => t.unused_renditions_days)`),
      ),
    )
    .returning('f.id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets the original of a recording, if it still is that file, nothing waits for it and it is not in the trash. */
export async function dropOriginal(
  q: Executor,
  { organisationId, recordingId, key }: Expired,
): Promise<boolean> {
  const row = await tables(q)
    .updateTable('recordings as r')
    .set({ original_key: null, original_removed_at: sql<Date>`now()` })
    .where('r.organisation_id', '=', organisationId)
    .where('r.id', '=', recordingId)
    .where('r.original_key', '=', key)
    .where('r.status', '=', 'ready')
    .where('r.trashed_at', 'is', null)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('renditions as f')
            .whereRef('f.organisation_id', '=', 'r.organisation_id')
            .whereRef('f.recording_id', '=', 'r.id')
            .where('f.status', 'in', ['pending', 'extracting']),
        ),
      ),
    )
    .returning('r.id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Notes that these renditions were heard or downloaded. */
export async function touchRenditionsAcrossOrganisations(q: Executor, ids: readonly string[]): Promise<void> {
  await tables(q)
    .updateTable('renditions')
    .set({ used_at: sql<Date>`now()` })
    .where('id', 'in', ids)
    .execute();
}
