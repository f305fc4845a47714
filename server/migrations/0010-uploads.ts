import { type Kysely, sql } from 'kysely';

/**
 * Files on their way, piece by piece (tus): how much of each is safe on the disk, and who writes at the moment. A row
 * stays for a while after the recording of the same id was made, so that a lost reply can be asked for again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table uploads (
      id uuid primary key,
      organisation_id uuid not null references organisations(id),
      created_by uuid not null,
      size_bytes bigint not null check (size_bytes > 0),
      -- Synced to the disk; what the file has beyond is cut off by the next writer.
      offset_bytes bigint not null default 0 check (offset_bytes between 0 and size_bytes),
      -- Upload-Metadata as it came.
      metadata text check (char_length(metadata) <= 16384),
      filename text check (char_length(filename) <= 255),
      title text check (char_length(title) <= 500),
      language text check (char_length(language) <= 35),
      -- Where the whole file will lie: chosen ahead, so that a crash between file and row loses neither.
      original_key text not null,
      -- A lease: whoever has not renewed it for some seconds may be replaced.
      writer_id uuid,
      writer_seen_at timestamptz,
      expires_at timestamptz not null,
      completed_at timestamptz,
      created_at timestamptz not null,
      check ((writer_id is null) = (writer_seen_at is null)),
      check (completed_at is null or (offset_bytes = size_bytes and writer_id is null))
    )`.execute(db);
  await sql`create index uploads_of_person on uploads (organisation_id, created_by) where completed_at is null`.execute(
    db,
  );
  await sql`create index uploads_expiry on uploads (expires_at)`.execute(db);
  // The sweep asks by key.
  await sql`create index uploads_key on uploads (original_key)`.execute(db);
  // Whose bytes are already here.
  await sql`
    create index recordings_by_content on recordings (organisation_id, sha256, created_at, id)
    where sha256 is not null`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index recordings_by_content`.execute(db);
  await sql`drop table uploads`.execute(db);
}
