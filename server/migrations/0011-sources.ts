import { type Kysely, sql } from 'kysely';

/** What an address turned out to be, what is being done about it, and the chapters and captions that came along. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table recordings
      add column found_kind text check (found_kind in ('file', 'hls', 'dash', 'feed', 'page', 'site')),
      -- Where the sound really lies, after redirects, pages and feeds.
      add column resolved_url text check (octet_length(resolved_url) <= 2048),
      -- {step, done, total} of a run, for people who watch.
      add column work_note jsonb check (jsonb_typeof(work_note) = 'object'),
      -- The recording that was made of the same source; it may be gone since.
      add column same_source_as uuid`.execute(db);
  // Two addresses that lead to the same sound are fetched once.
  await sql`
    create unique index recordings_one_per_resolved on recordings (organisation_id, resolved_url)
    where resolved_url is not null and status <> 'error'`.execute(db);
  await sql`
    create table recording_chapters (
      recording_id uuid not null,
      organisation_id uuid not null,
      position integer not null check (position >= 0),
      start_ms bigint not null check (start_ms >= 0),
      end_ms bigint not null check (end_ms >= start_ms),
      title text not null check (char_length(title) between 1 and 500),
      -- Told by the source, or by the file itself.
      source text not null check (source in ('source', 'file')),
      primary key (recording_id, position),
      foreign key (organisation_id, recording_id) references recordings (organisation_id, id) on delete cascade
    )`.execute(db);
  await sql`
    create index recording_chapters_of_organisation
    on recording_chapters (organisation_id, recording_id)`.execute(db);
  await sql`
    create table recording_captions (
      recording_id uuid not null,
      organisation_id uuid not null,
      position integer not null check (position >= 0),
      language text check (char_length(language) <= 35),
      name text not null check (char_length(name) <= 255),
      -- As they came: SRT, WebVTT or Podcasting JSON, or something that only claims to be.
      bytes bytea not null check (octet_length(bytes) <= 4194304),
      primary key (recording_id, position),
      foreign key (organisation_id, recording_id) references recordings (organisation_id, id) on delete cascade
    )`.execute(db);
  await sql`
    create index recording_captions_of_organisation
    on recording_captions (organisation_id, recording_id)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table recording_captions`.execute(db);
  await sql`drop table recording_chapters`.execute(db);
  await sql`drop index recordings_one_per_resolved`.execute(db);
  await sql`
    alter table recordings
      drop column found_kind, drop column resolved_url, drop column work_note, drop column same_source_as`.execute(
    db,
  );
}
