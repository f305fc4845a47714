import { writeFile } from 'node:fs/promises';
import type { Cluster } from '../api/cluster.ts';
import { type BenchDebat, makeDebats, readVocabulary, writeSegments } from './corpus.ts';

const ORGANISATION = '(select id from organisations where is_default)';
const id = (kind: string, number: string) => `md5('${kind} ' || ${number})::uuid`;

/** Writes the corpus into the real tables and into the peer's own, in the same database. */
export async function loadCorpus(
  cluster: Cluster,
  folder: string,
  segments: number,
  perDebat: number,
): Promise<void> {
  const debats = makeDebats(Math.ceil(segments / perDebat));
  const [segmentFile, debatFile] = [`${folder}/segments.tsv`, `${folder}/debats.tsv`];
  await writeSegments(segmentFile, segments, perDebat, readVocabulary());
  await writeFile(debatFile, debats.map(toLine).join(''));
  await cluster.psql('search', staged(segmentFile, debatFile));
  await cluster.psql('search', REAL_TABLES);
  await cluster.psql('search', PEER_TABLES);
}

const toLine = ({ number, date, commission, type, people }: BenchDebat): string =>
  `${[number, date, commission, type, JSON.stringify(people)].join('\t')}\n`;

const staged = (segmentFile: string, debatFile: string) => `
  set client_min_messages = warning;
  create unlogged table staged (debat int, position int, start_ms int, end_ms int, text text);
  create unlogged table staged_debats (number int primary key, date date, commission text, type text, people jsonb);
  \\copy staged from '${segmentFile}'
  \\copy staged_debats from '${debatFile}'
  analyze staged;`;

const REAL_TABLES = `
  insert into projects (id, organisation_id, name) values (${id('project', '0')}, ${ORGANISATION}, 'bench');
  insert into recordings (id, organisation_id, title, language, visibility, source, status, stage, progress,
      wanted_format, wanted_quality, original_key, duration_ms)
    select ${id('recording', 'number')}, ${ORGANISATION}, 'Enregistrement ' || number, 'fr', 'public', 'upload', 'ready',
      'done', 100, 'mp3', '192k', 'bench/' || number, 3600000 from staged_debats;
  insert into debats (id, organisation_id, title, type, status, visibility, date, commission, speakers, recording_id,
      has_audio)
    select ${id('debat', 'number')}, ${ORGANISATION}, 'Réunion ' || number, type, 'disponible', 'public', date, commission,
      people, ${id('recording', 'number')}, true from staged_debats;
  insert into transcriptions (id, organisation_id, project_id, recording_id, source, status, stage, progress, language,
      segment_count, finished_at)
    select ${id('transcription', 'number')}, ${ORGANISATION}, ${id('project', '0')}, ${id('recording', 'number')}, 'import',
      'done', 'done', 100, 'fr', n, now()
    from staged_debats join (select debat, count(*) n from staged group by debat) c on c.debat = number;
  insert into transcription_chunks (organisation_id, transcription_id, position, start_ms, end_ms, state, segment_count,
      first_segment, recognised_at)
    select organisation_id, id, 0, 0, 3600000, 'done', segment_count, 0, now() from transcriptions;
  insert into transcription_segments (organisation_id, transcription_id, chunk, position, start_ms, end_ms, text)
    select ${ORGANISATION}, ${id('transcription', 'debat')}, 0, position, start_ms, end_ms, text
    from staged order by debat, position;
  insert into recording_transcripts (recording_id, organisation_id, transcription_id, version)
    select recording_id, organisation_id, id, 1 from transcriptions;
  vacuum analyze;`;

/** What one writes first: a tsvector with a GIN index, everything beside it, nothing to keep in step. */
const PEER_TABLES = `
  create text search configuration peer_fr (copy = french);
  alter text search configuration peer_fr alter mapping for hword, hword_part, word with unaccent, french_stem;
  create table peer_segments (id bigint generated always as identity primary key, debat int, position int,
    start_ms int, end_ms int, date date, commission text, type text, people jsonb, text text, words tsvector);
  insert into peer_segments (debat, position, start_ms, end_ms, date, commission, type, people, text, words)
    select debat, position, start_ms, end_ms, date, commission, type, people, text, to_tsvector('peer_fr', text)
    from staged join staged_debats on number = debat order by debat, position;
  alter table peer_segments alter column words set statistics 1000;
  create index on peer_segments using gin (words);
  create index on peer_segments (debat, position);
  drop table staged;
  vacuum analyze peer_segments;`;
