import { type Kysely, sql } from 'kysely';

/** Quotas as later modules read them within their own transactions. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create view organisation_quotas as
    select id as organisation_id, quota_bytes from organisations`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop view organisation_quotas`.execute(db);
}
