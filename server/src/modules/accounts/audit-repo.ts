import type { Executor } from '../../kernel/db/db.ts';
import { newId } from '../../kernel/id.ts';
import type { Origin } from './person.ts';
import type { AccountsTables } from './tables.ts';

/** Who did what to whom, from where. Never a secret, never what was typed. */
export interface AuditEntry {
  at: Date;
  /** Stable, `module.what-happened`. */
  action: string;
  personId: string | null;
  origin: Origin | null;
  target?: { kind: string; id: string };
  details?: Record<string, string | number | boolean | null>;
}

/** `organisationId` null: about an account that doesn't exist, or the installation. */
export async function insertAuditEntry(
  q: Executor,
  organisationId: string | null,
  entry: AuditEntry,
): Promise<void> {
  await q
    .withTables<AccountsTables>()
    .insertInto('audit_entries')
    .values({
      id: newId(),
      organisation_id: organisationId,
      at: entry.at,
      action: entry.action,
      person_id: entry.personId,
      target_kind: entry.target?.kind ?? null,
      target_id: entry.target?.id ?? null,
      ip: entry.origin?.ip ?? null,
      user_agent: entry.origin?.userAgent ?? null,
      details: JSON.stringify(entry.details ?? {}),
    })
    .execute();
}
