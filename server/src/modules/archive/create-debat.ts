import type { Actor } from '../../kernel/auth/actor.ts';
import type { Tx } from '../../kernel/db/db.ts';
import { newId } from '../../kernel/id.ts';
import { type Archive, now, today } from './archive.ts';
import { attachRecording } from './attach-recording.ts';
import { dayOf } from './debat.ts';
import { orderFaults, readColumns, statusFaults } from './debat-columns.ts';
import { type DebatColumns, findIdBySource, insertDebat, type NewDebatColumns } from './debat-repo.ts';
import { refuseFields, sameSource } from './errors.ts';
import { tellDebatChanged } from './events.ts';
import { announceStatus } from './news.ts';
import type { NewDebat } from './schemas.ts';
import { settleSound } from './settle-sound.ts';

/** For whom a débat is added; `personId` null when a command on the server did it. */
type Author = Pick<Actor, 'organisationId' | 'personId'>;

/** Adds a débat from a source address, a recording, or metadata alone; returns its id. */
export async function createDebat(archive: Archive, actor: Author, body: NewDebat): Promise<string> {
  const { organisationId } = actor;
  const { columns, faults } = readColumns(body);
  const { start_time: start, end_time: end } = columns;
  const all = [...faults, ...orderFaults(start, end), ...statusFaults(columns.status, null)];
  if (all.length > 0) throw refuseFields(all);
  const fresh = await freshColumns(archive, actor, body.title, columns);
  await archive.db.transaction(async (tx) => {
    const sound = columns.recording_id
      ? await attachRecording(archive.media, tx, organisationId, fresh, columns.recording_id, columns.status)
      : {};
    await add(tx, organisationId, { ...fresh, ...sound });
    await tellDebatChanged(archive, tx, { organisationId, id: fresh.id }, columns.recording_id);
    await announceStatus(archive.hints, tx, null, {
      id: fresh.id,
      organisationId,
      title: fresh.title,
      status: fresh.status,
      visibility: fresh.visibility,
    });
  });
  // The recording may have become ready between our look and our commit, and found no débat to tell: look again.
  if (columns.recording_id) await settleSound(archive, organisationId, columns.recording_id);
  archive.totals.forget(organisationId);
  return fresh.id;
}

async function add(tx: Tx, organisationId: string, columns: NewDebatColumns): Promise<void> {
  if (await insertDebat(tx, organisationId, columns)) return;
  const { source_url: sourceUrl } = columns;
  throw sameSource(sourceUrl ? await findIdBySource(tx, organisationId, sourceUrl) : null);
}

async function freshColumns(
  archive: Archive,
  actor: Author,
  title: string,
  columns: DebatColumns,
): Promise<NewDebatColumns> {
  const start = columns.start_time;
  const visibility =
    columns.visibility ?? ((await archive.isArchivePublic(actor.organisationId)) ? 'public' : 'private');
  return {
    id: newId(),
    title: columns.title ?? title,
    description: columns.description ?? null,
    type: columns.type ?? 'autre',
    status: columns.status ?? 'programme',
    visibility,
    date: columns.date ?? (start ? dayOf(start.getTime(), archive.config.timeZone) : today(archive)),
    start_time: start ?? null,
    end_time: columns.end_time ?? null,
    duration_minutes: columns.duration_minutes ?? null,
    source_url: columns.source_url ?? null,
    video_url: columns.video_url ?? null,
    thumbnail_url: columns.thumbnail_url ?? null,
    commission: columns.commission ?? null,
    salle: columns.salle ?? null,
    speakers: columns.speakers ?? '[]',
    ministers: columns.ministers ?? '[]',
    tags: columns.tags ?? '[]',
    keywords: columns.keywords ?? '[]',
    metadata: columns.metadata ?? '{}',
    is_live: columns.is_live ?? false,
    recording_id: null,
    created_by: actor.personId,
    created_at: now(archive),
    updated_at: now(archive),
  };
}
