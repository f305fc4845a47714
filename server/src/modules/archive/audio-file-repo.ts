import { type Executor, runSql } from '../../kernel/db/db.ts';
import type { AudioFormat } from '../media/public.ts';

/** A rendition of a débat's recording, as far as the archive chooses among them. */
export interface AudioFile {
  id: string;
  format: AudioFormat;
  quality: string;
  /** LUFS that it was brought to; null when it is as loud as it came. */
  normalised: number | null;
  status: 'pending' | 'extracting' | 'completed' | 'error';
  sizeBytes: number | null;
  durationMs: number | null;
}

interface Row {
  id: string;
  format: AudioFormat;
  quality: string;
  target_lufs: number | null;
  status: AudioFile['status'];
  size_bytes: number | null;
  duration_ms: number | null;
}

/** The files of a recording, ready ones first, then plain ones, MP3 before the rest, as débats list them. */
export async function audioFilesOf(
  q: Executor,
  organisationId: string,
  recordingId: string,
): Promise<AudioFile[]> {
  const rows = await runSql<Row>(
    q,
    `select id, format, quality, target_lufs, status, size_bytes, duration_ms
      from media_audio_files where organisation_id = $1 and recording_id = $2
      order by (status = 'completed') desc, (target_lufs is null) desc, (format = 'mp3') desc, format, quality`,
    [organisationId, recordingId],
  );
  return rows.map((row) => ({
    id: row.id,
    format: row.format,
    quality: row.quality,
    normalised: row.target_lufs,
    status: row.status,
    sizeBytes: row.size_bytes,
    durationMs: row.duration_ms,
  }));
}
