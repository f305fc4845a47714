import type { Db } from '../../../kernel/db/db.ts';
import type { RecordingStatus, Visibility } from '../recording.ts';
import type { AudioFormat, LoudnessTarget } from '../renditions/rendition.ts';

/** What opening sound needs to know of a recording: one prepared statement, asked for every range. */
export interface AudioSource {
  id: string;
  organisationId: string;
  title: string;
  visibility: Visibility;
  status: RecordingStatus;
  progress: number;
  errorMessage: string | null;
  wantedFormat: AudioFormat;
  wantedQuality: string;
  durationMs: number | null;
  waveformKey: string | null;
  waveformSha256: string | null;
  completedAt: Date | null;
  /** Completed ones only. */
  renditions: AudioFile[];
}

/** A rendition whose file is whole. */
export interface AudioFile {
  id: string;
  format: AudioFormat;
  quality: string;
  /** LUFS that it was brought to; null when it is as loud as it came. */
  normalised: LoudnessTarget | null;
  fileKey: string;
  sizeBytes: number;
  sha256: string;
  mimeType: string;
  /** Milliseconds since the epoch. */
  completedAtMs: number;
}

const SELECT = `
  select r.id, r.organisation_id as "organisationId", r.title, r.visibility, r.status, r.progress,
    r.error_message as "errorMessage", r.wanted_format as "wantedFormat", r.wanted_quality as "wantedQuality",
    r.duration_ms as "durationMs", r.waveform_key as "waveformKey", r.waveform_sha256 as "waveformSha256", r.completed_at as "completedAt",
    coalesce((
      select jsonb_agg(jsonb_build_object('id', f.id, 'format', f.format, 'quality', f.quality,
        'normalised', f.target_lufs, 'fileKey', f.file_key,
        'sizeBytes', f.size_bytes, 'sha256', f.sha256, 'mimeType', f.mime_type,
        'completedAtMs', floor(extract(epoch from f.completed_at) * 1000)) order by f.id)
      from renditions f
      where f.organisation_id = r.organisation_id and f.recording_id = r.id and f.status = 'completed'
    ), '[]') as renditions
  from recordings r`;

/** Null when the organisation has no such recording, or it is in the trash. */
export async function findAudio(
  db: Db,
  organisationId: string,
  recordingId: string,
): Promise<AudioSource | null> {
  const text = `${SELECT} where r.organisation_id = $1 and r.id = $2 and r.trashed_at is null`;
  const [row] = await db.read<AudioSource>('media-find-audio', text, [organisationId, recordingId]);
  return row ?? null;
}

/** For a signed address: the signature over the id is itself the right to hear it. */
export async function findAudioAcrossOrganisations(db: Db, recordingId: string): Promise<AudioSource | null> {
  const text = `${SELECT} where r.id = $1 and r.trashed_at is null`;
  const [row] = await db.read<AudioSource>('media-find-audio-across-organisations', text, [recordingId]);
  return row ?? null;
}
