import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import type { Cluster } from './cluster.ts';
import { PEER, WORDS } from './parts.ts';

const COLUMNS = `id, title, description, type, status, date, start_time, end_time, duration_minutes, source_url,
  video_url, thumbnail_url, commission, salle, speakers, ministers, tags, keywords, metadata, is_live, has_audio`;

/** What both sides hold for the sound of a débat that has some: one MP3 at 192 kbit/s. */
const CHILD = {
  id: `md5('audio ' || d.id)::uuid`,
  filename: `d.id || '-192k.mp3'`,
  size: 'd.duration_minutes * 60 * 24000',
};

/** The rows of the peers' generator, as COPY text. */
export async function generateRows(count: number, file: string): Promise<void> {
  const target = await open(file, 'w');
  const child = spawn(process.execPath, [`${PEER}gen.mjs`, 'debats', String(count)], {
    env: { ...process.env, WORDS },
    stdio: ['ignore', target.fd, 'inherit'],
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  await target.close();
  if (code !== 0) throw new Error('gen.mjs failed');
}

/** The peer's schema and rows; its table of files gets the index that its look-up by débat needs. */
export async function loadPeer(cluster: Cluster, rows: string): Promise<void> {
  const schema = await readFile(`${PEER}debats.sql`, 'utf8');
  await cluster.psql(
    'peer',
    `set client_min_messages = warning;
    ${schema}
    create table audio_files (id uuid primary key, debate_id uuid references debats(id), filename text,
      file_size bigint, format text, quality text, duration_seconds int, extraction_status text, created_at timestamptz);
    \\copy debats from '${rows}'
    insert into audio_files
      select ${CHILD.id}, d.id, ${CHILD.filename}, ${CHILD.size}, 'mp3', '192k', d.duration_minutes * 60, 'completed',
        d.created_at
      from debats d where d.has_audio;
    create index on audio_files (debate_id);
    create index on debats (commission, date desc, id desc);
    create index on debats (date desc, id desc);
    vacuum analyze;`,
  );
}

/** The same rows in our schema, in the installation's own organisation. */
export async function loadOurs(cluster: Cluster, rows: string): Promise<void> {
  const organisation = '(select id from organisations where is_default)';
  await cluster.psql(
    'ours',
    `set client_min_messages = warning;
    create unlogged table staged (id uuid, title text, description text, type text, status text, date date,
      start_time timestamptz, end_time timestamptz, duration_minutes int, source_url text, video_url text,
      thumbnail_url text, commission text, salle text, speakers jsonb, ministers jsonb, tags jsonb, keywords jsonb,
      metadata jsonb, is_live bool, has_audio bool, view_count int, download_count int, created_at timestamptz,
      updated_at timestamptz);
    \\copy staged from '${rows}'
    insert into recordings (id, organisation_id, title, visibility, source, status, stage, progress, wanted_format,
        wanted_quality, original_key, duration_ms, created_at)
      select d.id, ${organisation}, d.title, 'public', 'upload', 'ready', 'done', 100, 'mp3', '192k', 'bench',
        d.duration_minutes * 60000, d.created_at
      from staged d where d.has_audio;
    insert into renditions (id, organisation_id, recording_id, format, quality, status, is_planned, filename, file_key,
        size_bytes, sha256, mime_type, duration_ms, completed_at, created_at, updated_at)
      select ${CHILD.id}, ${organisation}, d.id, 'mp3', '192k', 'completed', true, ${CHILD.filename}, 'bench',
        ${CHILD.size}, repeat('a', 64), 'audio/mpeg', d.duration_minutes * 60000, d.created_at, d.created_at,
        d.created_at
      from staged d where d.has_audio;
    insert into debats (organisation_id, visibility, recording_id, created_at, updated_at, ${COLUMNS})
      select ${organisation}, 'public', case when has_audio then id end, created_at, updated_at, ${COLUMNS}
      from staged;
    insert into debat_counts (debat_id, organisation_id, view_count, download_count)
      select id, ${organisation}, view_count, download_count from staged;
    drop table staged;
    vacuum analyze;`,
  );
}
