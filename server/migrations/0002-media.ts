import { type Kysely, sql } from 'kysely';

/** Recordings (sound with a life of its own), their renditions (files that play), and the view for the archive. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table recordings (
      id uuid primary key,
      organisation_id uuid not null references organisations(id),
      title text not null check (char_length(title) between 1 and 500),
      language text check (char_length(language) <= 35),
      visibility text not null default 'private' check (visibility in ('public', 'unlisted', 'private')),
      source text not null check (source in ('upload', 'import', 'live')),
      source_url text check (octet_length(source_url) <= 2048),
      status text not null check (status in ('uploading', 'queued', 'processing', 'ready', 'error')),
      -- The next stage of the work; whatever lies before it is saved and need not be done again.
      stage text not null check (stage in ('fetch', 'probe', 'encode', 'done')),
      progress smallint not null default 0 check (progress between 0 and 100),
      error_code text check (char_length(error_code) <= 100),
      error_message text check (char_length(error_message) <= 1000),
      wanted_format text not null check (wanted_format in ('mp3', 'aac', 'opus', 'wav', 'flac')),
      wanted_quality text not null check (char_length(wanted_quality) <= 10),
      priority text not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
      job_id uuid,
      -- The run that may write to this row; a later claim takes it over (fencing).
      run_id uuid,
      heartbeat_at timestamptz not null default now(),
      attempts integer not null default 0,
      faults integer not null default 0,
      original_key text,
      filename text check (char_length(filename) <= 255),
      size_bytes bigint check (size_bytes >= 0),
      sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
      mime_type text check (char_length(mime_type) <= 100),
      container text check (char_length(container) <= 50),
      codec text check (char_length(codec) <= 50),
      audio_stream_index integer,
      has_video boolean,
      duration_ms bigint check (duration_ms >= 0),
      sample_rate integer,
      channels integer,
      bitrate_kbps integer,
      waveform_key text,
      waveform_sha256 text,
      created_by uuid,
      started_at timestamptz,
      completed_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (organisation_id, id),
      check ((source = 'import') = (source_url is not null)),
      check ((status = 'error') = (error_message is not null)),
      check (status <> 'ready' or (stage = 'done' and original_key is not null and duration_ms is not null))
    )`.execute(db);
  // An address is fetched once while it is not in error. 2,048 bytes fit an index entry (2,704 at most).
  await sql`
    create unique index recordings_one_per_source on recordings (organisation_id, source_url)
    where source_url is not null and status <> 'error'`.execute(db);
  await sql`
    create index recordings_newest on recordings (organisation_id, created_at desc, id desc)`.execute(db);
  await sql`
    create index recordings_unfinished on recordings (heartbeat_at)
    where status in ('queued', 'processing')`.execute(db);
  await sql`create index recordings_original_key on recordings (original_key)`.execute(db);
  await sql`create index recordings_waveform_key on recordings (waveform_key)`.execute(db);
  await sql`
    create table renditions (
      id uuid primary key,
      organisation_id uuid not null references organisations(id),
      recording_id uuid not null,
      format text not null check (format in ('mp3', 'aac', 'opus', 'wav', 'flac')),
      quality text not null check (char_length(quality) <= 10),
      status text not null check (status in ('pending', 'extracting', 'completed', 'error')),
      -- True for those that every recording gets with its extraction, false for those asked for later.
      is_planned boolean not null,
      filename text not null check (char_length(filename) <= 255),
      file_key text,
      size_bytes bigint,
      sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
      mime_type text,
      duration_ms bigint,
      error_code text check (char_length(error_code) <= 100),
      error_message text check (char_length(error_message) <= 1000),
      job_id uuid,
      run_id uuid,
      heartbeat_at timestamptz not null default now(),
      attempts integer not null default 0,
      started_at timestamptz,
      completed_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (recording_id, format, quality),
      foreign key (organisation_id, recording_id) references recordings (organisation_id, id) on delete cascade,
      check (status <> 'completed' or (file_key is not null and size_bytes is not null and sha256 is not null
        and mime_type is not null and duration_ms is not null and completed_at is not null))
    )`.execute(db);
  await sql`create index renditions_of_organisation on renditions (organisation_id, recording_id)`.execute(
    db,
  );
  await sql`create index renditions_file_key on renditions (file_key)`.execute(db);
  await sql`
    create index renditions_unfinished on renditions (heartbeat_at)
    where status in ('pending', 'extracting') and not is_planned`.execute(db);
  await sql`
    create view media_audio_files as
    select organisation_id, recording_id, id, filename, size_bytes, format, quality, duration_ms, status,
      started_at, completed_at, error_message as error, created_at, updated_at
    from renditions`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop view media_audio_files`.execute(db);
  await sql`drop table renditions`.execute(db);
  await sql`drop table recordings`.execute(db);
}
