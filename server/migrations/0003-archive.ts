import { type Kysely, sql } from 'kysely';

/** Débats, their counters, and the folding of text that lets filters ignore case and accents. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create extension if not exists unaccent with schema public`.execute(db);
  await sql`create extension if not exists pg_trgm with schema public`.execute(db);
  // Immutable by promise: indexes stand on it. Changing unaccent's rules needs a reindex.
  await sql`
    create function archive_fold(value text) returns text
    language plpgsql immutable strict parallel safe
    as $$ begin return lower(public.unaccent('public.unaccent'::regdictionary, value)); end $$`.execute(db);
  await sql`
    create function archive_people(speakers jsonb, ministers jsonb) returns text
    language plpgsql immutable strict parallel safe
    as $$ begin
      return archive_fold((select string_agg(name, chr(10)) from jsonb_array_elements_text(speakers || ministers) name));
    end $$`.execute(db);
  await sql`
    create function archive_pattern(value text) returns text
    language plpgsql immutable strict parallel safe
    as $$ begin
      return '%' || regexp_replace(archive_fold(value), '([\\\\%_])', '\\\\\\1', 'g') || '%';
    end $$`.execute(db);
  await createDebats(db);
  await createCounters(db);
}

async function createDebats(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table debats (
      id uuid primary key,
      organisation_id uuid not null references organisations(id),
      title text not null check (char_length(title) between 1 and 500),
      description text check (char_length(description) <= 20000),
      type text not null
        check (type in ('seance_publique', 'commission', 'audition', 'question_gouvernement', 'autre')),
      status text not null
        check (status in ('programme', 'en_cours', 'termine', 'extraction', 'disponible', 'erreur')),
      visibility text not null check (visibility in ('public', 'unlisted', 'private')),
      date date not null,
      start_time timestamptz,
      end_time timestamptz,
      duration_minutes integer check (duration_minutes between 0 and 100000),
      source_url text check (char_length(source_url) <= 2048),
      video_url text check (char_length(video_url) <= 2048),
      thumbnail_url text check (char_length(thumbnail_url) <= 2048),
      commission text check (char_length(commission) <= 200),
      salle text check (char_length(salle) <= 200),
      speakers jsonb not null default '[]' check (jsonb_typeof(speakers) = 'array'),
      ministers jsonb not null default '[]' check (jsonb_typeof(ministers) = 'array'),
      tags jsonb not null default '[]' check (jsonb_typeof(tags) = 'array'),
      keywords jsonb not null default '[]' check (jsonb_typeof(keywords) = 'array'),
      metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
      is_live boolean not null default false,
      has_audio boolean not null default false,
      recording_id uuid,
      -- True when the extraction made the recording for this débat: it then goes when the débat goes.
      owns_recording boolean not null default false,
      created_by uuid,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      commission_key text generated always as (archive_fold(commission)) stored,
      check (start_time <= end_time),
      check (recording_id is not null or not (has_audio or owns_recording)),
      unique (organisation_id, id),
      -- No action on delete: a recording that a débat uses is not removed under it.
      foreign key (organisation_id, recording_id) references recordings (organisation_id, id)
    )`.execute(db);
  // Hashed because an index entry holds 2.7 kB at most.
  await sql`
    create unique index debats_one_per_source on debats (organisation_id, md5(source_url))
    where source_url is not null`.execute(db);
  await sql`
    create index debats_of_recording on debats (organisation_id, recording_id)
    where recording_id is not null`.execute(db);
  // Lists read these alone to find a page's ids: what filters ask for most rides along.
  await sql`
    create index debats_newest on debats (organisation_id, date desc, id desc)
    include (visibility, type, status, has_audio)`.execute(db);
  await sql`
    create index debats_of_commission on debats (organisation_id, commission_key, date desc, id desc)
    include (visibility, type, status, has_audio)`.execute(db);
  await sql`
    create index debats_created on debats (organisation_id, created_at desc, id desc)
    include (visibility)`.execute(db);
  await sql`
    create index debats_by_title on debats (organisation_id, archive_fold(title), id) include (visibility)`.execute(
    db,
  );
  await sql`
    create index debats_words on debats
    using gin (archive_fold(title || ' ' || coalesce(description, '')) gin_trgm_ops)`.execute(db);
  await sql`
    create index debats_people on debats using gin (archive_people(speakers, ministers) gin_trgm_ops)`.execute(
    db,
  );
}

/** Apart from the débats: counting must not rewrite their rows and all those indexes. */
async function createCounters(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table debat_counts (
      debat_id uuid primary key,
      organisation_id uuid not null,
      view_count integer not null default 0,
      download_count integer not null default 0,
      foreign key (organisation_id, debat_id) references debats (organisation_id, id) on delete cascade
    )`.execute(db);
  await sql`
    create index debat_counts_most_viewed on debat_counts (organisation_id, view_count desc, debat_id desc)`.execute(
    db,
  );
  await sql`
    create table debat_audio_counts (
      audio_file_id uuid primary key,
      organisation_id uuid not null references organisations(id),
      debat_id uuid not null,
      stream_count integer not null default 0,
      download_count integer not null default 0,
      foreign key (organisation_id, debat_id) references debats (organisation_id, id) on delete cascade
    )`.execute(db);
  await sql`create index debat_audio_counts_of_debat on debat_audio_counts (organisation_id, debat_id)`.execute(
    db,
  );
  // Who was counted today, as a keyed hash that nobody can turn back; yesterday's rows are swept.
  await sql`
    create table debat_visits (
      organisation_id uuid not null,
      debat_id uuid not null,
      kind text not null check (kind in ('view', 'stream', 'download')),
      day date not null,
      visitor bytea not null check (octet_length(visitor) = 16),
      primary key (organisation_id, debat_id, kind, day, visitor),
      foreign key (organisation_id, debat_id) references debats (organisation_id, id) on delete cascade
    )`.execute(db);
  await sql`create index debat_visits_day on debat_visits (day)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table debat_visits, debat_audio_counts, debat_counts, debats`.execute(db);
  await sql`drop function archive_pattern(text)`.execute(db);
  await sql`drop function archive_people(jsonb, jsonb)`.execute(db);
  await sql`drop function archive_fold(text)`.execute(db);
}
