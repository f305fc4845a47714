import { sql } from 'kysely';
import { changesSome, type Executor, runSql } from '../../kernel/db/db.ts';
import type { TranscriptionTables } from './tables.ts';
import type { KeptWord } from './transcription.ts';

/** A stretch that is recognised at once, in milliseconds from the recording's beginning. */
export interface Chunk {
  position: number;
  startMs: number;
  endMs: number;
  state: 'waiting' | 'done';
}

/** A segment as the database keeps it; times in milliseconds from the recording's beginning. */
export interface KeptSegment {
  startMs: number;
  endMs: number;
  text: string;
  speaker: string | null;
  confidence: number | null;
  words: KeptWord[] | null;
}

function tables(q: Executor) {
  return q.withTables<TranscriptionTables>();
}

const BATCH = 1_000;

/** Writes the plan; positions count from 0 in the order given. */
export async function insertChunks(
  q: Executor,
  organisationId: string,
  transcriptionId: string,
  chunks: readonly { startMs: number; endMs: number }[],
): Promise<void> {
  const rows = chunks.map(({ startMs, endMs }, position) => ({
    organisation_id: organisationId,
    transcription_id: transcriptionId,
    position,
    start_ms: startMs,
    end_ms: endMs,
    state: 'waiting' as const,
  }));
  for (let from = 0; from < rows.length; from += BATCH) {
    await tables(q)
      .insertInto('transcription_chunks')
      .values(rows.slice(from, from + BATCH))
      .execute();
  }
}

/** In order of time. */
export async function listChunks(
  q: Executor,
  organisationId: string,
  transcriptionId: string,
): Promise<Chunk[]> {
  return tables(q)
    .selectFrom('transcription_chunks')
    .select(['position', 'start_ms as startMs', 'end_ms as endMs', 'state'])
    .where('organisation_id', '=', organisationId)
    .where('transcription_id', '=', transcriptionId)
    .orderBy('position')
    .execute();
}

/** Forgets the plan and everything that was recognised by it. */
export async function deleteChunks(
  q: Executor,
  organisationId: string,
  transcriptionId: string,
): Promise<void> {
  await tables(q)
    .deleteFrom('transcription_chunks')
    .where('organisation_id', '=', organisationId)
    .where('transcription_id', '=', transcriptionId)
    .execute();
}

/** A chunk and its segments at once, in the caller's transaction; false when it was done before or is not there. */
export async function saveChunk(
  q: Executor,
  organisationId: string,
  transcriptionId: string,
  position: number,
  segments: readonly KeptSegment[],
): Promise<boolean> {
  const update = tables(q)
    .updateTable('transcription_chunks')
    .set({ state: 'done', segment_count: segments.length, recognised_at: sql`now()` })
    .where('organisation_id', '=', organisationId)
    .where('transcription_id', '=', transcriptionId)
    .where('position', '=', position)
    .where('state', '=', 'waiting');
  if (!(await changesSome(update))) return false;
  for (let from = 0; from < segments.length; from += BATCH) {
    const rows = segments.slice(from, from + BATCH).map((segment, i) => ({ ...segment, position: from + i }));
    await runSql(q, INSERT_SEGMENTS, [organisationId, transcriptionId, position, JSON.stringify(rows)]);
  }
  return true;
}

const INSERT_SEGMENTS = `
  insert into transcription_segments
    (organisation_id, transcription_id, chunk, position, start_ms, end_ms, text, speaker, confidence, words)
  select $1::uuid, $2::uuid, $3::integer, s.position, s."startMs", s."endMs", s.text, s.speaker, s.confidence,
    case when jsonb_typeof(s.words) = 'array' then s.words end
  from jsonb_to_recordset($4::jsonb) as s(position integer, "startMs" bigint, "endMs" bigint, text text,
    speaker text, confidence real, words jsonb)`;

/** Counts what lies before each chunk, so that positions run through the whole; answers the number of segments. */
export async function numberSegments(
  q: Executor,
  organisationId: string,
  transcriptionId: string,
): Promise<number> {
  const rows = await runSql<{ total: number }>(
    q,
    `with counted as (
       select position, coalesce(sum(segment_count) over before, 0) as first
       from transcription_chunks where organisation_id = $1 and transcription_id = $2
       window before as (order by position rows between unbounded preceding and 1 preceding)
     ), numbered as (
       update transcription_chunks c set first_segment = counted.first from counted
       where c.organisation_id = $1 and c.transcription_id = $2 and c.position = counted.position
       returning c.segment_count
     )
     select coalesce(sum(segment_count), 0)::integer as total from numbered`,
    [organisationId, transcriptionId],
  );
  return rows[0]?.total ?? 0;
}

/** What is there so far, in order of time. */
export async function readSegments(
  q: Executor,
  organisationId: string,
  transcriptionId: string,
): Promise<KeptSegment[]> {
  return tables(q)
    .selectFrom('transcription_segments')
    .select(['start_ms as startMs', 'end_ms as endMs', 'text', 'speaker', 'confidence', 'words'])
    .where('organisation_id', '=', organisationId)
    .where('transcription_id', '=', transcriptionId)
    .orderBy('chunk')
    .orderBy('position')
    .execute();
}
