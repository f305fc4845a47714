import type { LoudnessFigures } from './analysis.ts';
import { presentFigures } from './present-analysis.ts';
import type { Recording } from './recording.ts';
import { isPlayable, type Rendition } from './rendition.ts';

/** Where a rendition plays; the reader's own right (or a signature) opens it. */
function audioPath(recordingId: string, rendition: Pick<Rendition, 'format' | 'quality'>): string {
  return `/api/recordings/${recordingId}/audio?format=${rendition.format}&quality=${rendition.quality}`;
}

/** The contract’s rendition; an address only where there is something to play. */
export function presentRendition(rendition: Rendition) {
  return {
    format: rendition.format,
    quality: rendition.quality,
    status: rendition.status,
    file_size: rendition.sizeBytes,
    url: isPlayable(rendition) ? audioPath(rendition.recordingId, rendition) : null,
  };
}

/** What is shown with a recording. */
export interface RecordingParts {
  renditions: readonly Rendition[];
  /** Undefined while it has not been measured. */
  loudness: LoudnessFigures | undefined;
}

/** The contract’s `Recording`; the source's address may hold keys of its own, so only insiders read it. */
export function presentRecording(
  recording: Recording,
  { renditions, loudness }: RecordingParts,
  isInsider: boolean,
) {
  return {
    id: recording.id,
    title: recording.title,
    language: recording.language,
    visibility: recording.visibility,
    status: recording.status,
    progress: recording.progress,
    error: recording.errorMessage,
    error_code: recording.errorCode,
    source: recording.source,
    source_url: isInsider ? recording.sourceUrl : null,
    filename: recording.filename,
    mime_type: recording.mimeType,
    codec: recording.codec,
    duration_seconds: recording.durationMs === null ? null : recording.durationMs / 1000,
    sample_rate: recording.sampleRate,
    channels: recording.channels,
    bitrate_kbps: recording.bitrateKbps,
    file_size: recording.sizeBytes,
    sha256: recording.sha256,
    loudness: presentFigures(loudness),
    renditions: renditions.map(presentRendition),
    created_at: recording.createdAt.toISOString(),
    updated_at: recording.updatedAt.toISOString(),
  };
}
