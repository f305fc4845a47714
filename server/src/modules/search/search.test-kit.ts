import { newId } from '../../kernel/id.ts';
import type { Kernel } from '../../kernel/kernel.ts';

/** What the kit needs of a test app. */
interface Installed {
  kernel: Kernel;
}

/** A segment as tests write it: a text, or one with times, speaker and words. */
export type Said =
  | string
  | {
      text: string;
      startMs?: number;
      endMs?: number;
      speaker?: string;
      words?: [number, number, string, number | null][];
    };

const SEGMENT_MS = 5_000;

/** A recording that plays, as its row alone; returns its id. */
export async function addRecording(
  { kernel }: Installed,
  organisationId: string,
  given: { title?: string; visibility?: string; language?: string | null } = {},
): Promise<string> {
  const id = newId();
  await kernel.db.pool.query(
    `insert into recordings (id, organisation_id, title, language, visibility, source, status, stage, progress,
      wanted_format, wanted_quality, original_key, duration_ms)
    values ($1, $2, $3, $4, $5, 'upload', 'ready', 'done', 100, 'mp3', '192k', $6, 3600000)`,
    [
      id,
      organisationId,
      given.title ?? 'Sans titre',
      given.language ?? null,
      given.visibility ?? 'public',
      `test/${id}`,
    ],
  );
  return id;
}

async function defaultProject(kernel: Kernel, organisationId: string): Promise<string> {
  const { rows } = await kernel.db.pool.query<{ id: string }>(
    `insert into projects (id, organisation_id, name) values ($1, $2, $3)
    on conflict (organisation_id, name) do update set name = excluded.name returning id`,
    [newId(), organisationId, 'Search tests'],
  );
  return rows[0]?.id ?? '';
}

/** Gives a recording a transcript in the place of the one it had; `chunks` says how many segments each holds. */
export async function addTranscript(
  { kernel }: Installed,
  organisationId: string,
  recordingId: string,
  said: readonly Said[],
  { language = 'fr', chunks = [said.length] }: { language?: string; chunks?: readonly number[] } = {},
): Promise<{ transcriptionId: string; version: number }> {
  const { pool } = kernel.db;
  const id = newId();
  await pool.query(
    `insert into transcriptions (id, organisation_id, project_id, recording_id, source, status, stage, progress,
      language, segment_count, finished_at)
    values ($1, $2, $3, $4, 'import', 'done', 'done', 100, $5, $6, now())`,
    [id, organisationId, await defaultProject(kernel, organisationId), recordingId, language, said.length],
  );
  let first = 0;
  for (const [chunk, count] of chunks.entries()) {
    await pool.query(
      `insert into transcription_chunks (organisation_id, transcription_id, position, start_ms, end_ms, state,
        segment_count, first_segment, recognised_at)
      values ($1, $2, $3, $4, $5, 'done', $6, $7, now())`,
      [organisationId, id, chunk, first * SEGMENT_MS, (first + count) * SEGMENT_MS, count, first],
    );
    for (const [position, each] of said.slice(first, first + count).entries()) {
      const { text, startMs, endMs, speaker, words } =
        typeof each === 'string'
          ? { text: each, startMs: undefined, endMs: undefined, speaker: undefined, words: undefined }
          : each;
      const start = startMs ?? (first + position) * SEGMENT_MS;
      await pool.query(
        `insert into transcription_segments (organisation_id, transcription_id, chunk, position, start_ms, end_ms,
          text, speaker, words)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          organisationId,
          id,
          chunk,
          position,
          start,
          endMs ?? start + SEGMENT_MS,
          text,
          speaker ?? null,
          words ? JSON.stringify(words) : null,
        ],
      );
    }
    first += count;
  }
  const { rows } = await pool.query<{ version: number }>(
    `insert into recording_transcripts (recording_id, organisation_id, transcription_id, version)
    values ($1, $2, $3, 1)
    on conflict (recording_id) do update
      set transcription_id = excluded.transcription_id, version = recording_transcripts.version + 1
    returning version`,
    [recordingId, organisationId, id],
  );
  return { transcriptionId: id, version: rows[0]?.version ?? 0 };
}

/** Takes a recording's transcript away, as its owner does. */
export async function dropTranscript({ kernel }: Installed, recordingId: string): Promise<void> {
  await kernel.db.pool.query(
    'update recording_transcripts set transcription_id = null, version = version + 1 where recording_id = $1',
    [recordingId],
  );
}
