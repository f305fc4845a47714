import { type Kysely, sql } from 'kysely';

/** What was measured of each recording and read from its file; lists and pictures are files. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table recording_analyses (
      recording_id uuid primary key,
      organisation_id uuid not null,
      -- Of the way it was measured: older ones are measured again.
      version integer not null check (version > 0),
      status text not null check (status in ('completed', 'error')),
      error_message text check (char_length(error_message) <= 1000),
      loudness_state text check (loudness_state in ('measured', 'silent', 'too-short')),
      integrated_lufs real,
      range_lu real,
      max_momentary_lufs real,
      max_short_term_lufs real,
      true_peak_dbtp real,
      sample_peak_dbfs real,
      sample_rate integer check (sample_rate > 0),
      channels smallint check (channels in (1, 2)),
      silent_ms bigint check (silent_ms >= 0),
      clipped_runs bigint check (clipped_runs >= 0),
      clipped_samples bigint check (clipped_samples >= 0),
      centroid_hz real,
      bandwidth_hz real,
      rolloff_hz real,
      band_limit_hz real,
      -- [{code, share, fromMs}, …]
      faults jsonb not null default '[]' check (jsonb_typeof(faults) = 'array'),
      -- {title, artist, album, date, genre} of the original file, as far as there
      tags jsonb not null default '{}' check (jsonb_typeof(tags) = 'object'),
      details_key text,
      details_sha256 text check (details_sha256 ~ '^[0-9a-f]{64}$'),
      spectrogram_key text,
      spectrogram_sha256 text check (spectrogram_sha256 ~ '^[0-9a-f]{64}$'),
      cover_key text,
      cover_sha256 text check (cover_sha256 ~ '^[0-9a-f]{64}$'),
      analysed_at timestamptz not null default now(),
      foreign key (organisation_id, recording_id) references recordings (organisation_id, id) on delete cascade,
      check ((status = 'error') = (error_message is not null)),
      check (status = 'error' or (loudness_state is not null and sample_rate is not null and channels is not null
        and silent_ms is not null and clipped_runs is not null and clipped_samples is not null
        and details_key is not null and details_sha256 is not null
        and spectrogram_key is not null and spectrogram_sha256 is not null)),
      check ((loudness_state = 'measured') = (integrated_lufs is not null)),
      check ((cover_key is null) = (cover_sha256 is null))
    )`.execute(db);
  await sql`
    create index recording_analyses_of_organisation
    on recording_analyses (organisation_id, recording_id)`.execute(db);
  // The sweep asks by key.
  for (const column of ['details_key', 'spectrogram_key', 'cover_key']) {
    await sql`
      create index ${sql.ref(`recording_analyses_${column}`)} on recording_analyses (${sql.ref(column)})
      where ${sql.ref(column)} is not null`.execute(db);
  }
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table recording_analyses`.execute(db);
}
