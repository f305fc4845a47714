import { type Executor, runSql } from '../../../kernel/db/db.ts';
import type { MediaTables } from '../tables.ts';

function tables(q: Executor) {
  return q.withTables<MediaTables>();
}

/** Keeps what a recording sounds like; the first to come stays. */
export async function saveFingerprint(
  q: Executor,
  organisationId: string,
  recordingId: string,
  { values, sketch }: { values: Int32Array; sketch: readonly number[] },
): Promise<void> {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeInt32LE(value, at * 4);
  await tables(q)
    .insertInto('recording_fingerprints')
    .values({
      recording_id: recordingId,
      organisation_id: organisationId,
      values: bytes,
      sketch: [...sketch],
    })
    .onConflict((conflict) => conflict.column('recording_id').doNothing())
    .execute();
}

/** Null when none was taken yet. */
export async function findFingerprint(
  q: Executor,
  organisationId: string,
  recordingId: string,
): Promise<{ values: Int32Array; sketch: number[] } | null> {
  const row = await tables(q)
    .selectFrom('recording_fingerprints')
    .select(['values', 'sketch'])
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .executeTakeFirst();
  return row ? { values: valuesOf(row.values), sketch: row.sketch } : null;
}

/** A recording that may be like another. */
export interface Candidate {
  id: string;
  title: string;
  durationMs: number;
  createdAt: Date;
  values: Int32Array;
}

/** Ready recordings whose sketches share most with this one, and at least so much; readers from outside see public ones. */
export async function listCandidates(
  q: Executor,
  organisationId: string,
  recordingId: string,
  sketch: readonly number[],
  { leastShared, atMost, publicOnly }: { leastShared: number; atMost: number; publicOnly: boolean },
): Promise<Candidate[]> {
  const rows = await runSql<Omit<Candidate, 'values'> & { values: Buffer }>(
    q,
    `with shared as (
      select recording_id, values, cardinality(array(select unnest(sketch) intersect select unnest($3::int[]))) as count
      from recording_fingerprints
      where organisation_id = $1 and recording_id <> $2 and sketch && $3::int[]
    )
    select r.id, r.title, r.duration_ms::float8 as "durationMs", r.created_at as "createdAt", s.values
    from shared s join recordings r on r.organisation_id = $1 and r.id = s.recording_id
    where s.count >= $4 and r.status = 'ready' and r.trashed_at is null and (r.visibility = 'public' or not $5)
    order by s.count desc, r.id limit $6`,
    [organisationId, recordingId, sketch, leastShared, publicOnly, atMost],
  );
  return rows.map(({ values, ...row }) => ({ ...row, values: valuesOf(values) }));
}

/** Ready recordings of which no fingerprint was taken, the newest first. */
export function listWithoutFingerprintAcrossOrganisations(
  q: Executor,
  atMost: number,
): Promise<{ id: string; organisationId: string }[]> {
  return tables(q)
    .selectFrom('recordings as r')
    .leftJoin('recording_fingerprints as f', (join) =>
      join.onRef('f.organisation_id', '=', 'r.organisation_id').onRef('f.recording_id', '=', 'r.id'),
    )
    .select(['r.id', 'r.organisation_id as organisationId'])
    .where('r.status', '=', 'ready')
    .where('r.trashed_at', 'is', null)
    .where('f.recording_id', 'is', null)
    .orderBy('r.created_at', 'desc')
    .limit(atMost)
    .execute();
}

function valuesOf(bytes: Buffer): Int32Array {
  return Int32Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readInt32LE(at * 4));
}
