import { newId } from '../../../src/kernel/id.ts';
import { insertDebat, type NewDebatColumns } from '../../../src/modules/archive/debat-repo.ts';
import type { Installation } from './accounts.ts';

let serial = 0;

/** A débat as its row: public, over, without sound, unless said otherwise; returns its id. */
export async function createDebat(
  { kernel }: Pick<Installation, 'kernel'>,
  organisationId: string,
  given: Partial<NewDebatColumns> = {},
): Promise<string> {
  serial += 1;
  const now = new Date(kernel.clock.now());
  const columns: NewDebatColumns = {
    id: newId(),
    title: `Débat ${serial}`,
    description: null,
    type: 'autre',
    status: 'termine',
    visibility: 'public',
    date: '2026-01-01',
    start_time: null,
    end_time: null,
    duration_minutes: null,
    source_url: null,
    video_url: null,
    thumbnail_url: null,
    commission: null,
    salle: null,
    speakers: '[]',
    ministers: '[]',
    tags: '[]',
    keywords: '[]',
    metadata: '{}',
    recording_id: null,
    created_by: null,
    created_at: now,
    updated_at: now,
    ...given,
  };
  if (!(await insertDebat(kernel.db.kysely, organisationId, columns)))
    throw new Error(`${given.source_url} is taken`);
  return columns.id;
}
