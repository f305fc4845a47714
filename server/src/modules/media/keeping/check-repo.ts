import { sql } from 'kysely';
import { changesSome, type Executor, runSql } from '../../../kernel/db/db.ts';
import type { MediaTables } from '../tables.ts';

/** What a file is to its recording. */
export type FileKind = 'original' | 'rendition' | 'waveform' | 'analysis' | 'spectrogram' | 'cover';

/** A file that a row names. */
export interface NamedFile {
  organisationId: string;
  recordingId: string;
  title: string;
  kind: FileKind;
  /** Of a rendition: its id. */
  renditionId: string | null;
  /** Of a rendition: format and quality, as people say them. */
  label: string | null;
  key: string;
  /** Null where no row knows it. */
  sizeBytes: number | null;
  sha256: string | null;
}

const FILES = `
  with page as (
    select organisation_id, id, title, original_key, size_bytes, sha256, waveform_key, waveform_sha256
    from recordings where id > $1 order by id limit $2
  ), files as (
    select p.id, 'original' as kind, null::uuid as rendition_id, null as label, p.original_key as key,
      p.size_bytes, p.sha256 from page p
    union all select p.id, 'waveform', null, null, p.waveform_key, null, p.waveform_sha256 from page p
    union all select p.id, 'rendition', f.id, f.format || ' ' || f.quality, f.file_key, f.size_bytes, f.sha256
      from page p join renditions f on f.organisation_id = p.organisation_id and f.recording_id = p.id
      where f.status = 'completed'
    union all select p.id, v.kind, null, null, v.key, null, v.sha256
      from page p join recording_analyses a on a.organisation_id = p.organisation_id and a.recording_id = p.id
      cross join lateral (values ('analysis', a.details_key, a.details_sha256),
        ('spectrogram', a.spectrogram_key, a.spectrogram_sha256), ('cover', a.cover_key, a.cover_sha256)
      ) v(kind, key, sha256)
  )
  select p.organisation_id as "organisationId", p.id as "recordingId", p.title, f.kind,
    f.rendition_id as "renditionId", f.label, f.key, f.size_bytes as "sizeBytes", f.sha256
  from page p join files f on f.id = p.id
  where f.key is not null order by p.id, f.kind <> 'original', f.key`;

/** Every file of the next recordings after an id, the original of each first; and the last id that was looked at. */
export async function listNamedFilesAcrossOrganisations(
  q: Executor,
  afterId: string,
  recordings: number,
): Promise<{ files: NamedFile[]; lastId: string | null }> {
  const ids = await runSql<{ id: string }>(
    q,
    'select id from recordings where id > $1 order by id limit $2',
    [afterId, recordings],
  );
  const files = await runSql<NamedFile>(q, FILES, [afterId, ids.length]);
  return { files, lastId: ids.at(-1)?.id ?? null };
}

/** How many recordings there are after an id. */
export async function countRecordingsAcrossOrganisations(q: Executor, afterId: string): Promise<number> {
  const [row] = await runSql<{ n: number }>(q, 'select count(*) as n from recordings where id > $1', [
    afterId,
  ]);
  return Number(row?.n ?? 0);
}

/** Makes a rendition one that waits to be made, if it still is the one of that file. */
export function forgetRenditionFile(
  q: Executor,
  organisationId: string,
  renditionId: string,
  key: string,
): Promise<boolean> {
  return changesSome(
    q
      .withTables<MediaTables>()
      .updateTable('renditions')
      .set({
        status: 'pending',
        // The extraction is over: from now on it is made like one that someone asked for.
        is_planned: false,
        progress: 0,
        file_key: null,
        completed_at: null,
        attempts: 0,
        heartbeat_at: sql`now()`,
        updated_at: sql`now()`,
      })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', renditionId)
      .where('file_key', '=', key)
      .where('status', '=', 'completed'),
  );
}

/** Removes an analysis, so that it is made anew; answers the files that it leaves. */
export async function deleteAnalysis(
  q: Executor,
  organisationId: string,
  recordingId: string,
): Promise<string[]> {
  const row = await q
    .withTables<MediaTables>()
    .deleteFrom('recording_analyses')
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .returning(['details_key', 'spectrogram_key', 'cover_key'])
    .executeTakeFirst();
  return Object.values(row ?? {}).filter((key) => key !== null);
}
