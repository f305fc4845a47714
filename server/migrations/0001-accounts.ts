import { type Kysely, sql } from 'kysely';

/**
 * Organisations, people, their sessions, and what protects the sign-in. Names are unique in the installation,
 * compared under a key that the program makes (case and Unicode forms ignored): a collation would differ from
 * one machine to the next. `sign_in_failures` and `setup_links` belong to no organisation, since nobody is
 * signed in yet; an audit entry about an unknown account belongs to none either.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table audit_entries, setup_links, sign_in_failures, refresh_tokens, sessions, people, organisations
  `.execute(db);
}

const STATEMENTS = [
  `create table organisations (
    id uuid primary key,
    name text not null check (char_length(name) between 1 and 200),
    slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 63),
    -- Lower case, without port: an anonymous reader's organisation is chosen by these.
    hostnames text[] not null default '{}',
    public_archive boolean not null default true,
    is_default boolean not null default false,
    created_at timestamptz not null
  )`,
  'create unique index organisations_one_default on organisations (is_default) where is_default',

  `create table people (
    id uuid primary key,
    organisation_id uuid not null references organisations(id),
    username text not null check (char_length(username) between 1 and 64 and position('@' in username) = 0),
    username_key text not null unique,
    email text check (char_length(email) between 3 and 255),
    email_key text unique,
    full_name text check (char_length(full_name) <= 200),
    role text not null check (role in ('administrator', 'manager', 'producer', 'technician', 'archivist',
      'transcriber', 'member', 'guest')),
    is_platform_admin boolean not null default false,
    password_hash text not null check (char_length(password_hash) <= 400),
    password_changed_at timestamptz not null,
    disabled_at timestamptz,
    last_login_at timestamptz,
    created_at timestamptz not null,
    check ((email is null) = (email_key is null))
  )`,
  'create index people_of_organisation on people (organisation_id, username_key)',

  // A session is a family of refresh tokens, each the successor of the one before.
  `create table sessions (
    id uuid primary key,
    organisation_id uuid not null references organisations(id),
    person_id uuid not null references people(id) on delete cascade,
    ip text check (char_length(ip) <= 64),
    user_agent text check (char_length(user_agent) <= 400),
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    revoked_because text check (char_length(revoked_because) <= 100)
  )`,
  'create index sessions_of_person on sessions (organisation_id, person_id)',
  'create index sessions_by_person on sessions (person_id)',
  'create index sessions_by_expiry on sessions (expires_at)',

  `create table refresh_tokens (
    -- SHA-256 of the token: the token itself is kept by nobody but its bearer.
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    organisation_id uuid not null references organisations(id),
    session_id uuid not null references sessions(id) on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    -- Exchanged for its successor; null while it may still be used.
    used_at timestamptz
  )`,
  'create index refresh_tokens_of_session on refresh_tokens (organisation_id, session_id)',
  'create index refresh_tokens_by_session on refresh_tokens (session_id)',
  'create index refresh_tokens_by_expiry on refresh_tokens (expires_at)',

  `create table sign_in_failures (
    -- name:, ip: or person: and a keyed digest; what was typed may have been a password.
    subject text primary key check (char_length(subject) <= 100),
    failures integer not null check (failures > 0),
    last_failed_at timestamptz not null,
    locked_until timestamptz
  )`,
  'create index sign_in_failures_by_age on sign_in_failures (last_failed_at)',

  `create table setup_links (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
  )`,

  // Outlives the people it names, so that person_id refers to nothing.
  `create table audit_entries (
    id uuid primary key,
    organisation_id uuid references organisations(id),
    at timestamptz not null,
    action text not null check (char_length(action) between 1 and 100),
    person_id uuid,
    target_kind text check (char_length(target_kind) <= 50),
    target_id uuid,
    ip text check (char_length(ip) <= 64),
    user_agent text check (char_length(user_agent) <= 400),
    details jsonb not null default '{}'
  )`,
  'create index audit_entries_of_organisation on audit_entries (organisation_id, at desc)',
];
