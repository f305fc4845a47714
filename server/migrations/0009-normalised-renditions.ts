import { type Kysely, sql } from 'kysely';

/** Renditions brought to a loudness beside the plain ones, how far each is, and what tells the speed of the queue. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table renditions
      -- Null: as loud as the source.
      add column target_lufs smallint check (target_lufs in (-16, -19, -23)),
      add column progress smallint not null default 0 check (progress between 0 and 100),
      drop constraint renditions_recording_id_format_quality_key,
      add constraint renditions_one_each unique nulls not distinct (recording_id, format, quality, target_lufs),
      add constraint renditions_planned_are_plain check (not is_planned or target_lufs is null)`.execute(db);
  await sql`update renditions set progress = 100 where status = 'completed'`.execute(db);
  await sql`
    create index renditions_made_last on renditions (completed_at desc)
    where status = 'completed' and not is_planned`.execute(db);
  await sql`
    create or replace view media_audio_files as
    select organisation_id, recording_id, id, filename, size_bytes, format, quality, duration_ms, status,
      started_at, completed_at, error_message as error, created_at, updated_at, target_lufs
    from renditions`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  // Their files are found by the sweep.
  await sql`delete from renditions where target_lufs is not null`.execute(db);
  await sql`drop view media_audio_files`.execute(db);
  await sql`
    create view media_audio_files as
    select organisation_id, recording_id, id, filename, size_bytes, format, quality, duration_ms, status,
      started_at, completed_at, error_message as error, created_at, updated_at
    from renditions`.execute(db);
  await sql`drop index renditions_made_last`.execute(db);
  await sql`
    alter table renditions
      drop constraint renditions_planned_are_plain,
      drop constraint renditions_one_each,
      drop column target_lufs,
      drop column progress,
      add unique (recording_id, format, quality)`.execute(db);
}
