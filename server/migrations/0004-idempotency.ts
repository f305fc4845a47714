import { type Kysely, sql } from 'kysely';

/** Keys that clients gave their POST requests (Idempotency-Key), each with the reply it got, for a day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // The key and the body are kept as keyed hashes: a body may hold a password. No reference to the person:
  // the rows outlive nobody by more than a day.
  await sql`
    create table idempotency_keys (
      organisation_id uuid not null references organisations(id),
      person_id uuid not null,
      key_hash bytea not null check (octet_length(key_hash) = 32),
      route text not null check (char_length(route) <= 600),
      fingerprint bytea not null check (octet_length(fingerprint) = 32),
      form_bytes bigint check (form_bytes >= 0),
      boundary_chars integer check (boundary_chars >= 0),
      state text not null check (state in ('in-progress', 'done')),
      run_id uuid not null,
      lease_until timestamptz not null,
      status smallint check (status between 200 and 399),
      content_type text check (char_length(content_type) <= 300),
      location text check (char_length(location) <= 4096),
      body bytea check (octet_length(body) <= 262144),
      created_at timestamptz not null,
      primary key (organisation_id, person_id, key_hash),
      check ((state = 'done') = (status is not null))
    )`.execute(db);
  await sql`create index idempotency_keys_created on idempotency_keys (created_at)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table idempotency_keys`.execute(db);
}
