import { cleanLine } from '../../kernel/clean-line.ts';
import type { Db } from '../../kernel/db/db.ts';

import { presentRecording } from './present.ts';
import type { Recording } from './recording.ts';
import { listRecordings, type RecordingFilter } from './recording-repo.ts';
import type { Rendition } from './rendition.ts';
import { listRenditions } from './rendition-repo.ts';

const MOST_WORDS = 8;

/** A recording as the contract shows it, with its renditions. */
export async function withRenditions(db: Db, recording: Recording, isInsider: boolean) {
  const renditions = await listRenditions(db.kysely, recording.organisationId, [recording.id]);
  return presentRecording(recording, renditions, isInsider);
}

/** One page of recordings; `q` is words that the title must all hold, in any order and case. */
export async function listWithRenditions(
  db: Db,
  organisationId: string,
  { q, ...filter }: Omit<RecordingFilter, 'titleWords'> & { q: string },
): Promise<{ items: { recording: Recording; renditions: Rendition[] }[]; total: number }> {
  const titleWords = cleanLine(q)
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS);
  const { recordings, total } = await listRecordings(db.kysely, organisationId, { ...filter, titleWords });
  const ids = recordings.map(({ id }) => id);
  const byRecording = Map.groupBy(
    await listRenditions(db.kysely, organisationId, ids),
    (one) => one.recordingId,
  );
  const items = recordings.map((recording) => ({
    recording,
    renditions: byRecording.get(recording.id) ?? [],
  }));
  return { items, total };
}
