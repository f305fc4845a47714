import { sql } from 'kysely';
import type { Db, Executor } from '../../../kernel/db/db.ts';
import type { MediaTables } from '../tables.ts';

/** A row of `signing_keys`. */
export interface SigningKeyRow {
  generation: number;
  kid: string;
  sealedSecret: Buffer;
  createdAt: Date;
}

/** The newest first; two at most. Asked at each signed address. */
export async function findSigningKeys(db: Db, organisationId: string): Promise<SigningKeyRow[]> {
  const text = `select generation, kid, sealed_secret as "sealedSecret", created_at as "createdAt"
    from signing_keys where organisation_id = $1 order by generation desc`;
  return db.read<SigningKeyRow>('media-find-signing-keys', text, [organisationId]);
}

/** Takes turns with every other change of the organisation's keys until the transaction ends; answers the newest. */
export async function lockNewestGeneration(q: Executor, organisationId: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`signing-keys ${organisationId}`}, 0))`.execute(
    q,
  );
  const row = await q
    .withTables<MediaTables>()
    .selectFrom('signing_keys')
    .select(({ fn }) => fn.max('generation').as('newest'))
    .where('organisation_id', '=', organisationId)
    .executeTakeFirst();
  return row?.newest ?? 0;
}

/** Adds a key and forgets all but the one before it. */
export async function insertSigningKey(
  q: Executor,
  organisationId: string,
  key: SigningKeyRow & { createdBy: string | null },
): Promise<void> {
  await q
    .withTables<MediaTables>()
    .insertInto('signing_keys')
    .values({
      organisation_id: organisationId,
      generation: key.generation,
      kid: key.kid,
      sealed_secret: key.sealedSecret,
      created_by: key.createdBy,
      created_at: key.createdAt,
    })
    .execute();
  await q
    .withTables<MediaTables>()
    .deleteFrom('signing_keys')
    .where('organisation_id', '=', organisationId)
    .where('generation', '<', key.generation - 1)
    .execute();
}
