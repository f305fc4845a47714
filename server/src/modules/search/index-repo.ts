import { type Executor, runSql, type Tx } from '../../kernel/db/db.ts';
import type { DocumentColumns, LiveDocument, SpokenSegment, WordRow } from './document.ts';

const ROWS_AT_ONCE = 5_000;

/** What an event was about: débats and recordings that may have changed. */
export interface Subjects {
  debatIds: readonly string[];
  recordingIds: readonly string[];
}

/**
 * Everything that one change may touch: the recordings that the débats have, and had when they were indexed, and
 * all débats of those.
 */
export async function widenSubjects(
  q: Executor,
  organisationId: string,
  subjects: Subjects,
): Promise<Subjects> {
  const [row] = await runSql<{ recordings: string[]; debats: string[] }>(
    q,
    `with recordings as (
      select unnest($3::uuid[]) as id
      union select recording_id from archive_debats
        where organisation_id = $1 and debat_id = any($2::uuid[]) and recording_id is not null
      union select recording_id from search_documents
        where organisation_id = $1 and debat_id = any($2::uuid[]) and recording_id is not null
    ), debats as (
      select unnest($2::uuid[]) as id
      union select debat_id from archive_debats
        where organisation_id = $1 and recording_id in (select id from recordings)
    )
    select array(select id from recordings) as recordings, array(select id from debats) as debats`,
    [organisationId, subjects.debatIds, subjects.recordingIds],
  );
  return { debatIds: row?.debats ?? [], recordingIds: row?.recordings ?? [] };
}

/** Makes sure that each subject that is there has its document, then holds all of theirs until the transaction ends. */
export async function lockDocuments(
  tx: Tx,
  organisationId: string,
  { debatIds, recordingIds }: Subjects,
): Promise<number[]> {
  const values = [organisationId, debatIds, recordingIds];
  await runSql(
    tx,
    `insert into search_documents (organisation_id, debat_id)
    select organisation_id, debat_id from archive_debats
    where organisation_id = $1 and debat_id = any($2::uuid[]) order by debat_id
    on conflict do nothing`,
    values.slice(0, 2),
  );
  await runSql(
    tx,
    `insert into search_documents (organisation_id, recording_id)
    select organisation_id, recording_id from media_recordings r
    where organisation_id = $1 and recording_id = any($2::uuid[]) and status = 'ready' and not exists (
      select from archive_debats a
      where a.organisation_id = r.organisation_id and a.recording_id = r.recording_id
    ) order by recording_id
    on conflict do nothing`,
    [organisationId, recordingIds],
  );
  const rows = await runSql<{ no: number }>(
    tx,
    `select no from search_documents
    where organisation_id = $1
      and (debat_id = any($2::uuid[]) or (debat_id is null and recording_id = any($3::uuid[])))
    order by no for update`,
    values,
  );
  return rows.map(({ no }) => no);
}

/** What the live tables say now about these documents; to be asked after they are locked. */
export function readLive(
  q: Executor,
  organisationId: string,
  nos: readonly number[],
): Promise<LiveDocument[]> {
  return runSql<LiveDocument>(
    q,
    `select d.no, d.debat_id as "debatId", d.made_from as "madeFrom", d.indexed_at as "indexedAt",
      case when a.debat_id is not null then jsonb_build_object('title', a.title, 'visibility', a.visibility,
        'date', a.date, 'type', a.type, 'commission', a.commission, 'people', a.speakers || a.ministers
      ) end as debat,
      case when r.recording_id is not null then jsonb_build_object('id', r.recording_id, 'title', r.title,
        'language', r.language, 'visibility', r.visibility, 'status', r.status, 'date', r.created_at::date,
        'holderId', (
          select h.debat_id from archive_debats h
          where h.organisation_id = d.organisation_id and h.recording_id = r.recording_id
          order by h.visibility = 'public' desc, h.date desc, h.debat_id desc limit 1
        )
      ) end as recording,
      case when f.transcription_id is not null then jsonb_build_object('transcriptionId', f.transcription_id,
        'version', f.version, 'language', f.language, 'segmentCount', f.segment_count) end as transcript
    from search_documents d
    left join archive_debats a on a.organisation_id = d.organisation_id and a.debat_id = d.debat_id
    left join media_recordings r on r.organisation_id = d.organisation_id
      and r.recording_id = case when d.debat_id is null then d.recording_id else a.recording_id end
    left join recording_transcript_facts f
      on f.organisation_id = r.organisation_id and f.recording_id = r.recording_id
    where d.organisation_id = $1 and d.no = any($2::int[])
    order by d.no`,
    [organisationId, nos],
  );
}

/** Who speaks in a transcript, as far as it says so. */
export async function readSpeakers(
  q: Executor,
  organisationId: string,
  recordingId: string,
  transcriptionId: string,
): Promise<string[]> {
  const rows = await runSql<{ speaker: string }>(
    q,
    `select speaker from transcript_segments
    where organisation_id = $1 and recording_id = $2 and transcription_id = $3 and speaker is not null
    group by speaker order by min(position) limit 200`,
    [organisationId, recordingId, transcriptionId],
  );
  return rows.map(({ speaker }) => speaker);
}

/** The transcript's words, in order; empty when it is not of this version any more. */
export function readSegments(
  q: Executor,
  organisationId: string,
  recordingId: string,
  { transcriptionId, version }: { transcriptionId: string; version: number },
): Promise<SpokenSegment[]> {
  return runSql<SpokenSegment>(
    q,
    `select position, text from transcript_segments
    where organisation_id = $1 and recording_id = $2 and transcription_id = $3 and version = $4
    order by position`,
    [organisationId, recordingId, transcriptionId, version],
  );
}

/** Writes what is said of a document, under a new stamp. */
export async function writeDocument(
  tx: Tx,
  organisationId: string,
  no: number,
  columns: DocumentColumns,
): Promise<void> {
  await runSql(
    tx,
    `update search_documents set recording_id = $3, visibility = $4, sound_visibility = $5, date = $6, type = $7,
      commission = $8, commission_key = $9, people = $10, people_key = $11, title = $12, language = $13,
      transcription_id = $14, version = $15, segment_count = $16, made_from = $17,
      stamp = nextval('search_stamps'), indexed_at = now()
    where organisation_id = $1 and no = $2`,
    [
      organisationId,
      no,
      columns.recordingId,
      columns.visibility,
      columns.soundVisibility,
      columns.date,
      columns.type,
      columns.commission,
      columns.commissionKey,
      columns.people,
      columns.peopleKey,
      columns.title,
      columns.language,
      columns.transcriptionId,
      columns.version,
      columns.segmentCount,
      columns.madeFrom,
    ],
  );
}

/** Puts a document's words in the place of those it had. */
export async function replaceWords(
  tx: Tx,
  organisationId: string,
  no: number,
  rows: readonly WordRow[],
): Promise<void> {
  await runSql(tx, 'delete from search_words where organisation_id = $1 and document_no = $2', [
    organisationId,
    no,
  ]);
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const some = rows.slice(from, from + ROWS_AT_ONCE);
    await runSql(
      tx,
      `insert into search_words (organisation_id, lexeme, day, document_no, part, places)
      select d.organisation_id, w.lexeme, d.day, d.no, w.part, w.places
      from search_documents d, unnest($3::text[], $4::int[], $5::bytea[]) as w (lexeme, part, places)
      where d.organisation_id = $1 and d.no = $2`,
      [
        organisationId,
        no,
        some.map(({ lexeme }) => lexeme),
        some.map(({ part }) => part),
        some.map(({ places }) => places),
      ],
    );
  }
}

/** A word as it is written (folded), and what the index calls it. */
export interface WordName {
  word: string;
  lexeme: string;
}

/** Adds words to those that are known; in one order, so that two at once never wait for each other in a ring. */
export async function addVocabulary(
  tx: Tx,
  organisationId: string,
  words: readonly WordName[],
): Promise<void> {
  await runSql(
    tx,
    `insert into search_vocabulary (organisation_id, word, lexeme)
    select $1, word, lexeme from unnest($2::text[], $3::text[]) as given (word, lexeme)
    where not exists (
      select from search_vocabulary v
      where v.organisation_id = $1 and v.word = given.word and v.lexeme = given.lexeme
    )
    order by word collate "C", lexeme collate "C"
    on conflict do nothing`,
    [organisationId, words.map(({ word }) => word), words.map(({ lexeme }) => lexeme)],
  );
}

/** Takes a document out of the index, with its words. */
export async function deleteDocument(tx: Tx, organisationId: string, no: number): Promise<void> {
  await runSql(tx, 'delete from search_documents where organisation_id = $1 and no = $2', [
    organisationId,
    no,
  ]);
}

/**
 * Says that the index is another one when this transaction commits. To be called last: until then, others that write
 * for the organisation wait here.
 */
export async function countGeneration(tx: Tx, organisationId: string): Promise<void> {
  await runSql(
    tx,
    `insert into search_generations values ($1, 1)
    on conflict (organisation_id) do update set generation = search_generations.generation + 1`,
    [organisationId],
  );
}
