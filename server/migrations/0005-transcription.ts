import { type Kysely, sql } from 'kysely';

/** Projects, transcriptions with their chunks and segments, and which transcription is a recording's transcript. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop view recording_transcript_facts, transcript_segments, media_recordings`.execute(db);
  await sql`
    drop table recording_transcripts, transcription_segments, transcription_chunks, transcriptions, projects
  `.execute(db);
}

const STATEMENTS = [
  `create table projects (
    id uuid primary key,
    organisation_id uuid not null references organisations(id),
    name text not null check (char_length(name) between 3 and 50),
    is_default boolean not null default false,
    created_at timestamptz not null default now(),
    unique (organisation_id, id),
    unique (organisation_id, name)
  )`,
  'create unique index projects_one_default on projects (organisation_id) where is_default',

  `create table transcriptions (
    id uuid primary key,
    organisation_id uuid not null references organisations(id),
    project_id uuid not null,
    recording_id uuid not null,
    source text not null check (source in ('engine', 'import')),
    status text not null check (status in ('pending', 'queued', 'processing', 'transcribed', 'done', 'error')),
    -- The next thing to do; whatever lies before it is saved and is not done again.
    stage text not null check (stage in ('prepare', 'recognise', 'finish', 'done')),
    progress smallint not null default 0 check (progress between 0 and 100),
    priority text not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
    language text not null check (char_length(language) between 1 and 35),
    -- The engine that began the work: another one starts over.
    engine text check (char_length(engine) <= 50),
    model text check (char_length(model) <= 200),
    initial_prompt text check (char_length(initial_prompt) <= 4000),
    use_vad boolean not null default true,
    duration_ms bigint check (duration_ms >= 0),
    segment_count integer check (segment_count >= 0),
    error_code text check (char_length(error_code) <= 100),
    error_message text check (char_length(error_message) <= 1000),
    worker text check (char_length(worker) <= 100),
    job_id uuid,
    -- The run that may write to this row; a later claim takes it over (fencing).
    run_id uuid,
    heartbeat_at timestamptz not null default now(),
    attempts integer not null default 0,
    faults integer not null default 0,
    created_by uuid,
    queued_at timestamptz,
    started_at timestamptz,
    transcribed_at timestamptz,
    finished_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organisation_id, id),
    foreign key (organisation_id, project_id) references projects (organisation_id, id),
    foreign key (organisation_id, recording_id) references recordings (organisation_id, id) on delete cascade,
    check ((status = 'error') = (error_message is not null)),
    check ((status = 'done') = (stage = 'done')),
    check (status <> 'done' or (segment_count is not null and finished_at is not null))
  )`,
  `create index transcriptions_newest on transcriptions (organisation_id, created_at desc, id desc)
    include (status, project_id)`,
  `create index transcriptions_of_recording on transcriptions (organisation_id, recording_id, created_at desc)`,
  `create index transcriptions_unfinished on transcriptions (heartbeat_at)
    where status in ('pending', 'queued', 'processing', 'transcribed')`,

  // What is recognised at once; an imported transcript is one chunk.
  `create table transcription_chunks (
    organisation_id uuid not null,
    transcription_id uuid not null,
    position integer not null check (position >= 0),
    start_ms bigint not null check (start_ms >= 0),
    end_ms bigint not null,
    state text not null check (state in ('waiting', 'done')),
    segment_count integer check (segment_count >= 0),
    -- How many segments lie before it, counted when all chunks are done.
    first_segment integer check (first_segment >= 0),
    recognised_at timestamptz,
    primary key (organisation_id, transcription_id, position),
    foreign key (organisation_id, transcription_id) references transcriptions (organisation_id, id)
      on delete cascade,
    check (end_ms >= start_ms),
    check ((state = 'done') = (segment_count is not null and recognised_at is not null))
  )`,

  // Written once, with the chunk that they belong to; positions count from 0 within it, in order of time.
  `create table transcription_segments (
    organisation_id uuid not null,
    transcription_id uuid not null,
    chunk integer not null,
    position integer not null check (position >= 0),
    start_ms bigint not null check (start_ms >= 0),
    end_ms bigint not null,
    text text not null check (char_length(text) between 1 and 20000),
    speaker text check (char_length(speaker) between 1 and 200),
    confidence real check (confidence between 0 and 1),
    -- [[startMs, endMs, "word", confidence or null], …]
    words jsonb check (jsonb_typeof(words) = 'array'),
    primary key (organisation_id, transcription_id, chunk, position),
    foreign key (organisation_id, transcription_id, chunk)
      references transcription_chunks (organisation_id, transcription_id, position) on delete cascade,
    check (end_ms >= start_ms)
  )`,

  // The transcript that readers see; the version grows with each change, also over a time without any.
  `create table recording_transcripts (
    recording_id uuid primary key,
    organisation_id uuid not null,
    transcription_id uuid,
    version integer not null check (version > 0),
    updated_at timestamptz not null default now(),
    foreign key (organisation_id, recording_id) references recordings (organisation_id, id) on delete cascade,
    foreign key (organisation_id, transcription_id) references transcriptions (organisation_id, id)
      on delete set null (transcription_id)
  )`,
  `create index recording_transcripts_of_organisation
    on recording_transcripts (organisation_id, transcription_id)`,

  // What later modules may read of recordings within their own statements.
  `create view media_recordings as
    select organisation_id, id as recording_id, title, language, visibility, status, duration_ms, created_at
    from recordings`,

  `create view transcript_segments as
    select t.organisation_id, t.recording_id, t.transcription_id, t.version,
      c.first_segment + s.position as position, s.start_ms, s.end_ms, s.text, s.speaker, s.confidence, s.words
    from recording_transcripts t
    join transcription_chunks c
      on c.organisation_id = t.organisation_id and c.transcription_id = t.transcription_id
    join transcription_segments s on s.organisation_id = c.organisation_id
      and s.transcription_id = c.transcription_id and s.chunk = c.position`,

  `create view recording_transcript_facts as
    select t.organisation_id, t.recording_id, t.transcription_id, t.version, n.language, n.segment_count
    from recording_transcripts t
    join transcriptions n on n.organisation_id = t.organisation_id and n.id = t.transcription_id`,
];
