import type { ColumnType } from 'kysely';
import type { Role } from './permissions.ts';

type Instant = ColumnType<Date, Date, Date>;
type MaybeInstant = ColumnType<Date | null, Date | null | undefined, Date | null>;

export interface OrganisationsTable {
  id: string;
  name: string;
  slug: string;
  hostnames: ColumnType<string[], string[] | undefined, string[]>;
  public_archive: ColumnType<boolean, boolean | undefined, boolean>;
  is_default: ColumnType<boolean, boolean | undefined, boolean>;
  quota_bytes: ColumnType<number | null, number | null | undefined, number | null>;
  created_at: Instant;
}

export interface PeopleTable {
  id: string;
  organisation_id: string;
  username: string;
  /** `nameKey(username)`: unique. */
  username_key: string;
  email: string | null;
  email_key: string | null;
  full_name: string | null;
  role: Role;
  is_platform_admin: boolean;
  password_hash: string;
  password_changed_at: Instant;
  disabled_at: MaybeInstant;
  last_login_at: MaybeInstant;
  created_at: Instant;
}

export interface SessionsTable {
  id: string;
  organisation_id: string;
  person_id: string;
  ip: string | null;
  user_agent: string | null;
  created_at: Instant;
  last_used_at: Instant;
  expires_at: Instant;
  revoked_at: MaybeInstant;
  revoked_because: ColumnType<string | null, string | null | undefined, string | null>;
}

export interface RefreshTokensTable {
  token_hash: Buffer;
  organisation_id: string;
  session_id: string;
  created_at: Instant;
  expires_at: Instant;
  used_at: MaybeInstant;
}

export interface SignInFailuresTable {
  subject: string;
  failures: number;
  last_failed_at: Instant;
  locked_until: MaybeInstant;
}

export interface SetupLinksTable {
  token_hash: Buffer;
  created_at: Instant;
  expires_at: Instant;
  used_at: MaybeInstant;
}

export interface AuditEntriesTable {
  id: string;
  organisation_id: string | null;
  at: Instant;
  action: string;
  person_id: string | null;
  target_kind: string | null;
  target_id: string | null;
  ip: string | null;
  user_agent: string | null;
  details: ColumnType<unknown, string, string>;
}

/** The tables of this module, for `executor.withTables<AccountsTables>()`. */
// A type alias: Kysely's withTables wants an implicit index signature, which interfaces lack.
export type AccountsTables = {
  organisations: OrganisationsTable;
  people: PeopleTable;
  sessions: SessionsTable;
  refresh_tokens: RefreshTokensTable;
  sign_in_failures: SignInFailuresTable;
  setup_links: SetupLinksTable;
  audit_entries: AuditEntriesTable;
};
