import { sql } from 'kysely';
import type { Executor } from '../../kernel/db/db.ts';
import type { AccountsTables } from './tables.ts';

const tables = (q: Executor) => q.withTables<AccountsTables>();

/** The latest end of a lock among the subjects; null when none is locked at `now`. */
export async function findLockAcrossOrganisations(
  q: Executor,
  subjects: readonly string[],
  now: Date,
): Promise<Date | null> {
  const row = await tables(q)
    .selectFrom('sign_in_failures')
    .select('locked_until')
    .where('subject', 'in', subjects)
    .where('locked_until', '>', now)
    .orderBy('locked_until', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.locked_until ?? null;
}

/**
 * Counts one failure and returns how many there are in a row; counting starts again when the last one was
 * before `forgetBefore`. Holds the row until the transaction ends.
 */
export async function countFailureAcrossOrganisations(
  q: Executor,
  subject: string,
  instants: { now: Date; forgetBefore: Date },
): Promise<number> {
  const { now, forgetBefore } = instants;
  const row = await tables(q)
    .insertInto('sign_in_failures')
    .values({ subject, failures: 1, last_failed_at: now })
    .onConflict((conflict) =>
      conflict.column('subject').doUpdateSet({
        failures: sql`case when sign_in_failures.last_failed_at < ${forgetBefore} then 1
          else sign_in_failures.failures + 1 end`,
        last_failed_at: now,
      }),
    )
    .returning('failures')
    .executeTakeFirstOrThrow();
  return row.failures;
}

/** Locks a subject whose failure was counted in the same transaction. */
export async function lockSubjectAcrossOrganisations(
  q: Executor,
  subject: string,
  until: Date,
): Promise<void> {
  await tables(q)
    .updateTable('sign_in_failures')
    .set({ locked_until: until })
    .where('subject', '=', subject)
    .execute();
}

/** Forgives a subject: the right secret was shown. */
export async function forgetFailuresAcrossOrganisations(q: Executor, subject: string): Promise<void> {
  await tables(q).deleteFrom('sign_in_failures').where('subject', '=', subject).execute();
}

/** Deletes what would not be counted any more. */
export async function deleteOldFailuresAcrossOrganisations(q: Executor, before: Date): Promise<void> {
  await tables(q).deleteFrom('sign_in_failures').where('last_failed_at', '<', before).execute();
}
