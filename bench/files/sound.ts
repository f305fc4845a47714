import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cluster } from '../api/cluster.ts';

/** The file that every side serves: its bytes say nothing, so that nobody can shrink them. */
export interface Sound {
  bytes: Buffer;
  recordingId: string;
}

const KEY = 'bench/sound.mp3';
const RECORDING_ID = '01941f29-7c00-7aaa-8aaa-0000000000f1';
const RENDITION_ID = '01941f29-7c00-7aaa-8aaa-0000000000f2';

/** A public recording with one rendition of so many bytes, as the worker would have left it. */
export async function plantSound(cluster: Cluster, database: string, sizeBytes: number): Promise<Sound> {
  const bytes = randomBytes(sizeBytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await cluster.psql(
    database,
    `insert into recordings (id, organisation_id, title, visibility, source, status, stage, progress, wanted_format,
      wanted_quality, original_key, filename, size_bytes, sha256, mime_type, container, codec, duration_ms)
    select '${RECORDING_ID}', id, 'Bench', 'public', 'upload', 'ready', 'done', 100, 'mp3', '192k', '${KEY}',
      'bench.mp3', ${sizeBytes}, '${sha256}', 'audio/mpeg', 'mp3', 'mp3', 8000000
    from organisations order by created_at limit 1
    on conflict (id) do update set size_bytes = excluded.size_bytes, sha256 = excluded.sha256;
    insert into renditions (id, organisation_id, recording_id, format, quality, status, is_planned, filename,
      file_key, size_bytes, sha256, mime_type, duration_ms, completed_at)
    select '${RENDITION_ID}', organisation_id, id, 'mp3', '192k', 'completed', true, 'bench-192k.mp3', '${KEY}',
      ${sizeBytes}, '${sha256}', 'audio/mpeg', duration_ms, now()
    from recordings where id = '${RECORDING_ID}'
    on conflict (id) do update set size_bytes = excluded.size_bytes, sha256 = excluded.sha256;`,
  );
  return { bytes, recordingId: RECORDING_ID };
}

/** Lays the bytes where a station with this data folder keeps them. */
export async function placeSound(dataDir: string, { bytes }: Sound): Promise<void> {
  const file = path.join(dataDir, 'storage/files', KEY);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
}
