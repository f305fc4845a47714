import { sql } from 'kysely';
import { changesSome, type Executor } from '../../../kernel/db/db.ts';
import type { Chapter } from '../analysis/chapters.ts';
import type { Captions } from '../sources/fetch-companions.ts';
import type { FoundKind } from '../sources/found.ts';
import type { MediaTables } from '../tables.ts';
import type { RunKey } from './extraction-repo.ts';

function tables(q: Executor) {
  return q.withTables<MediaTables>();
}

/** Another recording of the organisation, not in error, that was made of this address or of what it leads to. */
export async function findOtherBySource(
  q: Executor,
  organisationId: string,
  address: string,
  exceptId: string | null,
): Promise<{ id: string; title: string } | null> {
  let query = tables(q)
    .selectFrom('recordings')
    .select(['id', 'title'])
    .where('organisation_id', '=', organisationId)
    .where((e) => e.or([e('source_url', '=', address), e('resolved_url', '=', address)]))
    .where('status', '<>', 'error')
    .where('trashed_at', 'is', null);
  if (exceptId !== null) query = query.where('id', '<>', exceptId);
  return (await query.orderBy('created_at').limit(1).executeTakeFirst()) ?? null;
}

function ownedRow(q: Executor, { organisationId, recordingId, runId }: RunKey) {
  return tables(q)
    .updateTable('recordings')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', recordingId)
    .where('run_id', '=', runId)
    .where('status', '=', 'processing')
    .where('trashed_at', 'is', null);
}

/** Notes where the sound lies; false when the run lost its row. Breaks `recordings_one_per_resolved` for a twin. */
export function saveResolved(q: Executor, key: RunKey, resolvedUrl: string): Promise<boolean> {
  return changesSome(ownedRow(q, key).set({ resolved_url: resolvedUrl }));
}

/** What the source says of the recording, as far as nobody has said otherwise. */
export interface SourceFacts {
  foundKind: FoundKind;
  title: string | null;
  language: string | null;
  /** The address that names this one sound; null: the one that was asked for. */
  ownAddress: string | null;
}

/** Keeps what was found. `title` null leaves the title. Breaks `recordings_one_per_source` for a twin. */
export function saveFound(q: Executor, key: RunKey, facts: SourceFacts): Promise<boolean> {
  return changesSome(
    ownedRow(q, key).set({
      found_kind: facts.foundKind,
      ...(facts.title === null ? {} : { title: facts.title }),
      ...(facts.language === null ? {} : { language: sql<string>`coalesce(language, ${facts.language})` }),
      ...(facts.ownAddress === null ? {} : { source_url: facts.ownAddress }),
      updated_at: sql`now()`,
    }),
  );
}

/** Points a recording in error to the one that was made of the same source. */
export async function saveTwin(
  q: Executor,
  organisationId: string,
  id: string,
  firstId: string,
): Promise<void> {
  await tables(q)
    .updateTable('recordings')
    .set({ same_source_as: firstId })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('status', '=', 'error')
    .execute();
}

/** Replaces the chapters, unless `unlessThere` and there are some. */
export async function saveChapters(
  q: Executor,
  organisationId: string,
  recordingId: string,
  chapters: readonly Chapter[],
  { source, unlessThere }: { source: 'source' | 'file'; unlessThere: boolean },
): Promise<void> {
  const known = await listChapters(q, organisationId, recordingId);
  if (known.length > 0) {
    if (unlessThere) return;
    await tables(q)
      .deleteFrom('recording_chapters')
      .where('organisation_id', '=', organisationId)
      .where('recording_id', '=', recordingId)
      .execute();
  }
  if (chapters.length === 0) return;
  await tables(q)
    .insertInto('recording_chapters')
    .values(
      chapters.map(({ startMs, endMs, title }, position) => ({
        recording_id: recordingId,
        organisation_id: organisationId,
        position,
        start_ms: startMs,
        end_ms: endMs,
        title,
        source,
      })),
    )
    .execute();
}

/** In order of time. */
export function listChapters(
  q: Executor,
  organisationId: string,
  recordingId: string,
): Promise<(Chapter & { source: 'source' | 'file' })[]> {
  return tables(q)
    .selectFrom('recording_chapters')
    .select(['start_ms as startMs', 'end_ms as endMs', 'title', 'source'])
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .orderBy('position')
    .execute();
}

/** Replaces the captions. */
export async function saveCaptions(
  q: Executor,
  organisationId: string,
  recordingId: string,
  captions: readonly Captions[],
): Promise<void> {
  await tables(q)
    .deleteFrom('recording_captions')
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .execute();
  for (const [position, { language, name, bytes }] of captions.entries()) {
    await tables(q)
      .insertInto('recording_captions')
      .values({
        recording_id: recordingId,
        organisation_id: organisationId,
        position,
        language,
        name,
        bytes,
      })
      .execute();
  }
}

/** As the source has them, in its order. */
export function listCaptions(q: Executor, organisationId: string, recordingId: string): Promise<Captions[]> {
  return tables(q)
    .selectFrom('recording_captions')
    .select(['language', 'name', 'bytes'])
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .orderBy('position')
    .execute();
}
