import type { Executor } from '../../kernel/db/db.ts';
import type { TranscriptionTables } from './tables.ts';
import type { Transcription, TranscriptionStatus } from './transcription.ts';
import { TRANSCRIPTION_COLUMNS } from './transcription-columns.ts';

/** What a list is narrowed to. */
export interface TranscriptionFilter {
  status?: TranscriptionStatus | undefined;
  /** Name of a project. */
  project?: string | undefined;
  /** Words of the recording's title, all of which have to be there. */
  titleWords: readonly string[];
  recordingId?: string | undefined;
}

/** A transcription with the names that stand beside it. */
export interface ListedTranscription extends Transcription {
  projectName: string;
  recordingTitle: string;
}

function named(q: Executor, organisationId: string) {
  return q
    .withTables<TranscriptionTables>()
    .selectFrom('transcriptions')
    .innerJoin('projects', (join) =>
      join
        .onRef('projects.organisation_id', '=', 'transcriptions.organisation_id')
        .onRef('projects.id', '=', 'transcriptions.project_id'),
    )
    .innerJoin('media_recordings', (join) =>
      join
        .onRef('media_recordings.organisation_id', '=', 'transcriptions.organisation_id')
        .onRef('media_recordings.recording_id', '=', 'transcriptions.recording_id'),
    )
    .where('transcriptions.organisation_id', '=', organisationId);
}

const NAMES = ['projects.name as projectName', 'media_recordings.title as recordingTitle'] as const;

/** Null when the organisation has no such transcription. */
export async function findListed(
  q: Executor,
  organisationId: string,
  id: string,
): Promise<ListedTranscription | null> {
  const row = await named(q, organisationId)
    .select(TRANSCRIPTION_COLUMNS)
    .select(NAMES)
    .where('transcriptions.id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

function matching(q: Executor, organisationId: string, filter: TranscriptionFilter) {
  let query = named(q, organisationId);
  if (filter.status) query = query.where('transcriptions.status', '=', filter.status);
  if (filter.project !== undefined) query = query.where('projects.name', '=', filter.project);
  if (filter.recordingId) query = query.where('transcriptions.recording_id', '=', filter.recordingId);
  for (const word of filter.titleWords) {
    query = query.where('media_recordings.title', 'ilike', `%${word.replace(/[\\%_]/g, '\\$&')}%`);
  }
  return query;
}

/** One page, newest first, with the exact total. */
export async function listTranscriptions(
  q: Executor,
  organisationId: string,
  filter: TranscriptionFilter,
  window: { limit: number; offset: number },
): Promise<{ items: ListedTranscription[]; total: number }> {
  const query = matching(q, organisationId, filter);
  const [items, counted] = await Promise.all([
    query
      .select(TRANSCRIPTION_COLUMNS)
      .select(NAMES)
      .orderBy('transcriptions.created_at', 'desc')
      .orderBy('transcriptions.id', 'desc')
      .limit(window.limit)
      .offset(window.offset)
      .execute(),
    query.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { items, total: Number(counted.total) };
}

/** How many of what matches are in each state, and how many there are altogether. */
export async function countTranscriptions(
  q: Executor,
  organisationId: string,
  filter: TranscriptionFilter,
): Promise<{ byStatus: Partial<Record<TranscriptionStatus, number>>; total: number }> {
  const [rows, all] = await Promise.all([
    matching(q, organisationId, filter)
      .select('transcriptions.status')
      .select((e) => e.fn.countAll<number>().as('count'))
      .groupBy('transcriptions.status')
      .execute(),
    q
      .withTables<TranscriptionTables>()
      .selectFrom('transcriptions')
      .select((e) => e.fn.countAll<number>().as('total'))
      .where('organisation_id', '=', organisationId)
      .executeTakeFirstOrThrow(),
  ]);
  const byStatus = Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
  return { byStatus, total: Number(all.total) };
}
