/** The columns of a `Rendition`, under its own names. */
export const RENDITION_COLUMNS = [
  'id',
  'organisation_id as organisationId',
  'recording_id as recordingId',
  'format',
  'quality',
  'status',
  'is_planned as isPlanned',
  'filename',
  'file_key as fileKey',
  'size_bytes as sizeBytes',
  'sha256',
  'mime_type as mimeType',
  'duration_ms as durationMs',
  'error_message as errorMessage',
  'job_id as jobId',
  'completed_at as completedAt',
] as const;
