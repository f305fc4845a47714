import { type Db, type Executor, runSql } from '../../kernel/db/db.ts';
import type { Subjects } from './index-repo.ts';

/** What a rebuild goes through, in this order. */
export type RebuildPhase = 'debats' | 'recordings';

/** Where a rebuild stands. */
export interface RebuildState {
  startedAt: Date;
  phase: RebuildPhase;
  /** The last id that is done. */
  afterId: string;
  done: number;
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Organisations with débats, recordings or documents. */
export async function readOrganisationsAcrossOrganisations(q: Executor): Promise<string[]> {
  const rows = await runSql<{ id: string }>(
    q,
    `select o.id from (
      select organisation_id as id from archive_debats
      union select organisation_id from media_recordings
      union select organisation_id from search_documents
    ) o order by o.id`,
  );
  return rows.map(({ id }) => id);
}

/** The rebuild that was begun and not ended, else a new one. */
export async function beginRebuild(
  q: Executor,
  organisationId: string,
): Promise<RebuildState & { isResumed: boolean }> {
  const added = await runSql(
    q,
    `insert into search_rebuilds (organisation_id, started_at, phase, after_id, done)
    values ($1, now(), 'debats', '${FIRST_ID}', 0) on conflict do nothing returning organisation_id`,
    [organisationId],
  );
  const [state] = await runSql<RebuildState>(
    q,
    `select started_at as "startedAt", phase, after_id as "afterId", done
    from search_rebuilds where organisation_id = $1`,
    [organisationId],
  );
  if (!state) throw new Error('another rebuild of this organisation has just ended');
  return { ...state, isResumed: added.length === 0 };
}

export async function saveRebuild(
  q: Executor,
  organisationId: string,
  { phase, afterId, done }: RebuildState,
): Promise<void> {
  await runSql(
    q,
    'update search_rebuilds set phase = $2, after_id = $3, done = $4 where organisation_id = $1',
    [organisationId, phase, afterId, done],
  );
}

export async function endRebuild(q: Executor, organisationId: string): Promise<void> {
  await runSql(q, 'delete from search_rebuilds where organisation_id = $1', [organisationId]);
}

const SOURCES: Record<RebuildPhase, string> = {
  debats: 'select debat_id as id from archive_debats where organisation_id = $1',
  recordings: `select recording_id as id from media_recordings r
    where organisation_id = $1 and status = 'ready' and not exists (select from archive_debats a
      where a.organisation_id = r.organisation_id and a.recording_id = r.recording_id)`,
};

/** The next ids of a phase, in their order. */
export async function readNextIds(
  q: Executor,
  organisationId: string,
  phase: RebuildPhase,
  afterId: string,
  limit: number,
): Promise<string[]> {
  const rows = await runSql<{ id: string }>(
    q,
    `select id from (${SOURCES[phase]}) as all_of_them where id > $2 order by id limit $3`,
    [organisationId, afterId, limit],
  );
  return rows.map(({ id }) => id);
}

/** How many documents there are to make. */
export async function countSources(q: Executor, organisationId: string): Promise<number> {
  const [row] = await runSql<{ count: number }>(
    q,
    `select (select count(*) from (${SOURCES.debats}) d) + (select count(*) from (${SOURCES.recordings}) r) as count`,
    [organisationId],
  );
  return Number(row?.count ?? 0);
}

/** What documents that a rebuild has not met are about. */
export async function readUnmet(q: Executor, organisationId: string, startedAt: Date): Promise<Subjects> {
  const rows = await runSql<{ debatId: string | null; recordingId: string | null }>(
    q,
    `select debat_id as "debatId", recording_id as "recordingId" from search_documents
    where organisation_id = $1 and indexed_at < $2`,
    [organisationId, startedAt],
  );
  return {
    debatIds: rows.map(({ debatId }) => debatId).filter((id) => id !== null),
    recordingIds: rows.map(({ recordingId }) => recordingId).filter((id) => id !== null),
  };
}

/** Counts in how many documents each word is, for the order of completions. */
export async function countWords(q: Executor, organisationId: string): Promise<void> {
  await runSql(
    q,
    `update search_vocabulary v set documents = counted.documents
    from (
      select lexeme, count(*)::int as documents from search_words where organisation_id = $1 group by lexeme
    ) counted
    where v.organisation_id = $1 and v.lexeme = counted.lexeme and v.documents <> counted.documents`,
    [organisationId],
  );
}

/** Figures for plans, and the map of pages by which indexes are read alone; takes as long as it takes. */
export async function vacuumAcrossOrganisations(db: Db): Promise<void> {
  const client = await db.pool.connect();
  try {
    await client.query('set statement_timeout = 0');
    await client.query('vacuum (analyze) search_words, search_documents, search_vocabulary');
    await client.query('reset statement_timeout');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}
