import type { Authenticator } from '../../kernel/auth/actor.ts';
import type { Executor } from '../../kernel/db/db.ts';
import type { AuditEntry } from './audit-repo.ts';
import type { Organisation } from './organisation.ts';

export type { AuditEntry } from './audit-repo.ts';
export type { Organisation } from './organisation.ts';
export { NO_ORGANISATION_ID } from './organisation.ts';
export { PERMISSION_TABLE, PERMISSIONS, type PermissionName, ROLES, type Role } from './permissions.ts';

/** What accounts offers to later modules and to the entry. */
export interface AccountsDoor {
  authenticator: Authenticator;
  /** Null when there is none of this id. In memory, at most a few seconds old. */
  organisationOf(id: string): Promise<Organisation | null>;
  /** By Host header without port, else the default one; null before the set-up. */
  organisationByHost(host: string): Promise<Organisation | null>;
  /** Null when none has this slug. Not kept in memory: for commands, not for requests. */
  organisationBySlug(slug: string): Promise<Organisation | null>;
  /** Adds to the organisation's record of who did what, in the caller's transaction if it is one. */
  audit(q: Executor, organisationId: string, entry: AuditEntry): Promise<void>;
  /** At a start: path of a one-time set-up link, `/setup?token=…`, or null when set up already. */
  setupLink(): Promise<string | null>;
  /** On request (`./antenne setup`): as {@link setupLink}, and every earlier link becomes worthless. */
  createSetupLink(): Promise<string | null>;
}
