import { type Kysely, sql } from 'kysely';

/**
 * Keys that an organisation's back ends sign addresses with: the newest, and the one before it. Sealed with a key
 * derived from SECRET_KEY, so that a copy of the database signs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table signing_keys (
      organisation_id uuid not null references organisations(id),
      -- Counts from 1; the highest is the current one.
      generation integer not null check (generation > 0),
      kid text not null check (kid ~ '^[0-9a-z]{4,32}$'),
      sealed_secret bytea not null check (octet_length(sealed_secret) between 29 and 200),
      created_by uuid,
      created_at timestamptz not null,
      primary key (organisation_id, generation),
      unique (organisation_id, kid)
    )`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table signing_keys`.execute(db);
}
