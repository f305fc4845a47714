import { type Kysely, sql } from 'kysely';

/** What is searched: documents, where their words stand, and the words that there are. Views of the archive for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table search_generations, search_rebuilds, search_vocabulary, search_words, search_documents`.execute(
    db,
  );
  await sql`drop function search_forget_words`.execute(db);
  await sql`drop sequence search_stamps`.execute(db);
  await sql`drop view transcript_places, archive_debats`.execute(db);
}

const STATEMENTS = [
  // What later modules may read of débats within their own statements.
  `create view archive_debats as
    select organisation_id, id as debat_id, title, visibility, date, type, commission, commission_key, speakers,
      ministers, recording_id
    from debats`,

  // transcript_segments for whoever knows the position: the stretch that holds it is found first, then the row.
  `create view transcript_places as
    select t.organisation_id, t.recording_id, t.transcription_id, t.version, c.first_segment, c.segment_count,
      s.position as place, s.start_ms, s.end_ms, s.text, s.speaker, s.words
    from recording_transcripts t
    join transcription_chunks c
      on c.organisation_id = t.organisation_id and c.transcription_id = t.transcription_id
    join transcription_segments s on s.organisation_id = c.organisation_id
      and s.transcription_id = c.transcription_id and s.chunk = c.position`,

  // A new one with each write of a document: what was read of it under another stamp is old.
  'create sequence search_stamps as integer cycle minvalue 1',

  // A débat with the words of its recording, or a recording that no débat has.
  `create table search_documents (
    no integer generated always as identity primary key,
    organisation_id uuid not null references organisations(id),
    debat_id uuid,
    recording_id uuid,
    stamp integer not null default nextval('search_stamps'),
    visibility text not null default 'private' check (visibility in ('public', 'unlisted', 'private')),
    -- Of the recording, whose transcript may be read by others than its débat.
    sound_visibility text not null default 'private' check (sound_visibility in ('public', 'unlisted', 'private')),
    date date not null default 'epoch',
    -- The date in days, by which words are kept in order.
    day integer generated always as (date - date '1970-01-01') stored,
    type text,
    commission text,
    commission_key text,
    people text[] not null default '{}',
    people_key text not null default '',
    title text not null default '',
    language text not null default '',
    -- The transcript whose words are here; null for a title alone.
    transcription_id uuid,
    version integer,
    segment_count integer not null default 0,
    -- What the words were made of; null before the first time.
    made_from text,
    indexed_at timestamptz not null default now(),
    check (num_nonnulls(debat_id, recording_id) > 0),
    check ((transcription_id is null) = (version is null)),
    -- Removed means gone from here at once; what is still right comes back with the event.
    foreign key (organisation_id, debat_id) references debats (organisation_id, id) on delete cascade,
    foreign key (organisation_id, recording_id) references recordings (organisation_id, id) on delete cascade
  )`,
  'create unique index search_documents_of_debat on search_documents (organisation_id, debat_id)',
  `create unique index search_documents_of_recording on search_documents (organisation_id, recording_id)
    where debat_id is null`,
  'create index search_documents_by_recording on search_documents (organisation_id, recording_id)',
  'create index search_documents_newest on search_documents (organisation_id, day desc, no desc) include (segment_count)',

  // Where a word stands in a document. All of it lies in the index, newest documents first: a search reads a few
  // dozen pages for a word that thousands of documents have.
  `create table search_words (
    organisation_id uuid not null,
    lexeme text collate "C" not null,
    day integer not null,
    document_no integer not null,
    part smallint not null,
    places bytea not null check (octet_length(places) <= 1800)
  )`,
  `create unique index search_words_found
    on search_words (organisation_id, lexeme, day desc, document_no, part) include (places)`,
  'create index search_words_of_document on search_words (document_no)',
  // Instead of a foreign key, which would look the document up again for each of its thousands of words. Words are
  // written by whoever holds their document's row, so that none comes after this.
  `create function search_forget_words() returns trigger language plpgsql as $$ begin
    delete from search_words where document_no in (select no from gone);
    return null;
  end $$`,
  `create trigger search_documents_forget after delete on search_documents referencing old table as gone
    for each statement execute function search_forget_words()`,
  // Rows are written once: the figures that plans go by, and the map of pages that indexes are read alone by.
  `alter table search_words alter column lexeme set statistics 1000,
    set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05)`,

  // Words as they are written (folded) and what the index calls them: for beginnings of words. Only added to; the
  // number of documents is counted now and then, and only says which of many come first.
  `create table search_vocabulary (
    organisation_id uuid not null references organisations(id),
    word text collate "C" not null,
    lexeme text collate "C" not null,
    documents integer not null default 1,
    primary key (organisation_id, word, lexeme)
  )`,

  // Counted up by every transaction that writes to an organisation's index, at its end: who sees the same number sees
  // the same words.
  `create table search_generations (
    organisation_id uuid primary key references organisations(id),
    generation bigint not null
  )`,

  // A rebuild that was begun and not ended yet: it goes on after what it has done.
  `create table search_rebuilds (
    organisation_id uuid primary key references organisations(id),
    started_at timestamptz not null,
    phase text not null check (phase in ('debats', 'recordings')),
    after_id uuid not null,
    done integer not null
  )`,
];
