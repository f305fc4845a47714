import { cleanLine } from '../../kernel/clean-line.ts';
import type { Db } from '../../kernel/db/db.ts';
import { listLoudness } from './analysis/analysis-repo.ts';
import { presentRecording, type RecordingParts } from './present.ts';
import type { Recording } from './recording.ts';
import { listRecordings, type RecordingFilter } from './recording-repo.ts';
import { listRenditions } from './renditions/rendition-repo.ts';
import { listDuplicates } from './uploads/duplicate-repo.ts';

const MOST_WORDS = 8;

/** A recording as the contract shows it, with its renditions. */
export async function withRenditions(db: Db, recording: Recording, isInsider: boolean) {
  const parts = await partsOf(db, recording.organisationId, [recording], isInsider);
  return presentRecording(recording, parts(recording.id), isInsider);
}

/** One page of recordings; `q` is words that the title must all hold, in any order and case. */
export async function listWithRenditions(
  db: Db,
  organisationId: string,
  { q, ...filter }: Omit<RecordingFilter, 'titleWords'> & { q: string },
): Promise<{ items: { recording: Recording; parts: RecordingParts }[]; total: number }> {
  const titleWords = cleanLine(q)
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS);
  const { recordings, total } = await listRecordings(db.kysely, organisationId, { ...filter, titleWords });
  const parts = await partsOf(db, organisationId, recordings, !filter.publicOnly);
  return { items: recordings.map((recording) => ({ recording, parts: parts(recording.id) })), total };
}

/** What is shown with each of these recordings. */
export async function partsOf(
  db: Db,
  organisationId: string,
  recordings: readonly Recording[],
  isInsider: boolean,
) {
  const ids = recordings.map(({ id }) => id);
  const [renditions, loudness, duplicates] = await Promise.all([
    listRenditions(db.kysely, organisationId, ids),
    listLoudness(db.kysely, organisationId, ids),
    listDuplicates(db.kysely, organisationId, recordings, !isInsider),
  ]);
  const byRecording = Map.groupBy(renditions, (one) => one.recordingId);
  return (id: string): RecordingParts => ({
    renditions: byRecording.get(id) ?? [],
    loudness: loudness.get(id),
    duplicateOf: duplicates.get(id) ?? null,
  });
}
