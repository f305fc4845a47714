import { type Kysely, sql } from 'kysely';

/** What each recording sounds like, to find those that are alike. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table recording_fingerprints (
      recording_id uuid primary key,
      organisation_id uuid not null,
      -- Chromaprint's values, 32 bits each, little endian; empty where none could be taken.
      values bytea not null check (octet_length(values) <= 65536),
      -- Empty for sounds that say too little.
      sketch integer[] not null check (cardinality(sketch) <= 256),
      made_at timestamptz not null default now(),
      foreign key (organisation_id, recording_id) references recordings (organisation_id, id) on delete cascade
    )`.execute(db);
  await sql`
    create index recording_fingerprints_of_organisation
    on recording_fingerprints (organisation_id, recording_id)`.execute(db);
  await sql`
    create index recording_fingerprints_alike on recording_fingerprints using gin (sketch)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table recording_fingerprints`.execute(db);
}
