import { sql } from 'kysely';
import type { Executor } from '../../kernel/db/db.ts';
import type { TranscriptionTables } from './tables.ts';
import type { TranscriptionSource } from './transcription.ts';

/** The transcript that readers see, without its segments. */
export interface TranscriptFacts {
  recordingId: string;
  transcriptionId: string;
  version: number;
  language: string;
  engine: string | null;
  source: TranscriptionSource;
  createdAt: Date;
  updatedAt: Date;
}

function tables(q: Executor) {
  return q.withTables<TranscriptionTables>();
}

/** Makes a transcription (or, with null, none) the recording's transcript; answers the new version. */
export async function setTranscript(
  q: Executor,
  organisationId: string,
  recordingId: string,
  transcriptionId: string | null,
): Promise<number> {
  const row = await tables(q)
    .insertInto('recording_transcripts')
    .values({
      organisation_id: organisationId,
      recording_id: recordingId,
      transcription_id: transcriptionId,
      version: 1,
    })
    .onConflict((conflict) =>
      conflict.column('recording_id').doUpdateSet({
        transcription_id: transcriptionId,
        version: sql<number>`recording_transcripts.version + 1`,
        updated_at: sql`now()`,
      }),
    )
    .returning('version')
    .executeTakeFirstOrThrow();
  return row.version;
}

/** Null when the recording has none. */
export async function findTranscript(
  q: Executor,
  organisationId: string,
  recordingId: string,
): Promise<TranscriptFacts | null> {
  const row = await tables(q)
    .selectFrom('recording_transcripts as t')
    .innerJoin('transcriptions as n', (join) =>
      join.onRef('n.organisation_id', '=', 't.organisation_id').onRef('n.id', '=', 't.transcription_id'),
    )
    .select([
      't.recording_id as recordingId',
      'n.id as transcriptionId',
      't.version',
      'n.language',
      'n.engine',
      'n.source',
      'n.created_at as createdAt',
      't.updated_at as updatedAt',
    ])
    .where('t.organisation_id', '=', organisationId)
    .where('t.recording_id', '=', recordingId)
    .executeTakeFirst();
  return row ?? null;
}

/** The done one that ended last, or null. */
export async function findLatestDone(
  q: Executor,
  organisationId: string,
  recordingId: string,
): Promise<string | null> {
  const row = await tables(q)
    .selectFrom('transcriptions')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .where('status', '=', 'done')
    .orderBy('finished_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}
