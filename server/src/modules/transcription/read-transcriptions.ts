import { cleanLine } from '../../kernel/clean-line.ts';
import type { Db } from '../../kernel/db/db.ts';
import { isId } from '../../kernel/id.ts';
import { readSegments } from './chunk-repo.ts';
import { transcriptionNotFound } from './errors.ts';
import {
  countTranscriptions,
  findListed,
  listTranscriptions,
  type TranscriptionFilter,
} from './list-repo.ts';
import { presentTranscription } from './present.ts';
import type { FilterQuery } from './schemas.ts';
import { TRANSCRIPTION_STATUSES } from './transcription.ts';

const MOST_WORDS = 8;

/** One with its text so far; throws when the organisation has no such transcription. */
export async function showTranscription(db: Db, organisationId: string, id: string) {
  const listed = await findListed(db.kysely, organisationId, id);
  if (!listed) throw transcriptionNotFound();
  return presentTranscription(listed, await readSegments(db.kysely, organisationId, id));
}

/** One page, newest first. */
export async function pageOfTranscriptions(
  db: Db,
  organisationId: string,
  query: FilterQuery,
  window: { limit: number; offset: number },
) {
  const filter = filterOf(query);
  if (!filter) return { transcriptions: [], total: 0 };
  const { items, total } = await listTranscriptions(db.kysely, organisationId, filter, window);
  return { transcriptions: items.map((item) => presentTranscription(item, null)), total };
}

/** How many of what matches are in each state. */
export async function countByStatus(db: Db, organisationId: string, query: FilterQuery) {
  const filter = filterOf(query);
  const { byStatus, total } = await countTranscriptions(
    db.kysely,
    organisationId,
    filter ?? { titleWords: [] },
  );
  const countOf = (status: (typeof TRANSCRIPTION_STATUSES)[number]) => (filter && byStatus[status]) ?? 0;
  return {
    total_filtered: TRANSCRIPTION_STATUSES.reduce((sum, status) => sum + countOf(status), 0),
    pending: countOf('pending'),
    queued: countOf('queued'),
    processing: countOf('processing'),
    transcribed: countOf('transcribed'),
    done: countOf('done'),
    error: countOf('error'),
    total_global: total,
  };
}

/** Null when nothing can match. */
function filterOf({ status, project, search, recording_id }: FilterQuery): TranscriptionFilter | null {
  if (recording_id !== undefined && !isId(recording_id)) return null;
  const titleWords = cleanLine(search ?? '')
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS);
  return {
    status,
    project: project === undefined ? undefined : cleanLine(project),
    titleWords,
    recordingId: recording_id,
  };
}
