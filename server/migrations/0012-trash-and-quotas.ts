import { type Kysely, sql } from 'kysely';

/**
 * A removed recording waits in the trash, hidden from everyone: by the views for later modules, by the index that
 * keeps an address from being fetched twice, and by media's own statements. An organisation may have a quota, and rules
 * for what is removed without being asked.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await run(db, UP);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await run(db, DOWN);
}

const UP = [
  'alter table organisations add column quota_bytes bigint check (quota_bytes >= 0)',

  `alter table recordings
    add column trashed_at timestamptz,
    add column trashed_by uuid,
    -- When a rule removed the file as it came; its renditions play on.
    add column original_removed_at timestamptz`,
  `alter table recordings
    drop constraint recordings_check2,
    add constraint recordings_ready_is_whole check (status <> 'ready' or (stage = 'done'
      and (original_key is not null or original_removed_at is not null) and duration_ms is not null))`,
  'create index recordings_trash on recordings (organisation_id, trashed_at) where trashed_at is not null',
  'drop index recordings_one_per_source',
  `create unique index recordings_one_per_source on recordings (organisation_id, source_url)
    where source_url is not null and status <> 'error' and trashed_at is null`,
  'drop index recordings_one_per_resolved',
  `create unique index recordings_one_per_resolved on recordings (organisation_id, resolved_url)
    where resolved_url is not null and status <> 'error' and trashed_at is null`,
  `create or replace view media_recordings as
    select organisation_id, id as recording_id, title, language, visibility, status, duration_ms, created_at
    from recordings where trashed_at is null`,

  // When it was last heard or downloaded, to the day.
  'alter table renditions add column used_at timestamptz not null default now()',

  `create table retention_rules (
    organisation_id uuid primary key references organisations(id),
    -- Days without use after which a rendition that someone asked for goes; null: never.
    unused_renditions_days integer check (unused_renditions_days between 1 and 36500),
    -- Days after which the file as it came goes, where renditions stay; null: never.
    originals_days integer check (originals_days between 1 and 36500),
    updated_at timestamptz not null default now()
  )`,
];

const DOWN = [
  'drop table retention_rules',
  'alter table renditions drop column used_at',
  // What waits in the trash comes back, but for what was imported again meanwhile: that is what stays.
  ...['source_url', 'resolved_url'].map(
    (address) => `delete from recordings r where trashed_at is not null and status <> 'error' and exists (
      select from recordings o where o.organisation_id = r.organisation_id and o.${address} = r.${address}
        and o.id > r.id and o.status <> 'error')`,
  ),
  `create or replace view media_recordings as
    select organisation_id, id as recording_id, title, language, visibility, status, duration_ms, created_at
    from recordings`,
  'drop index recordings_one_per_source',
  `create unique index recordings_one_per_source on recordings (organisation_id, source_url)
    where source_url is not null and status <> 'error'`,
  'drop index recordings_one_per_resolved',
  `create unique index recordings_one_per_resolved on recordings (organisation_id, resolved_url)
    where resolved_url is not null and status <> 'error'`,
  'drop index recordings_trash',
  "update recordings set original_key = 'recordings/removed' where original_key is null and original_removed_at is not null",
  `alter table recordings drop constraint recordings_ready_is_whole, add constraint recordings_check2
    check (status <> 'ready' or (stage = 'done' and original_key is not null and duration_ms is not null))`,
  'alter table recordings drop column trashed_at, drop column trashed_by, drop column original_removed_at',
  'alter table organisations drop column quota_bytes',
];

async function run(db: Kysely<unknown>, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
