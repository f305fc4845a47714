import type { LoudnessFigures } from './analysis/analysis.ts';
import { presentFigures } from './analysis/present-analysis.ts';
import { plainNote } from './extraction/work-note.ts';
import type { Recording } from './recording.ts';
import { isPlayable, type LevelledWish, type Rendition } from './renditions/rendition.ts';

/** Where a rendition plays; the reader's own right (or a signature) opens it. */
function audioPath(recordingId: string, rendition: LevelledWish): string {
  const query = new URLSearchParams(queryOfRendition(rendition));
  return `/api/recordings/${recordingId}/audio?${query}`;
}

/** What names exactly this rendition in the query of an address of bytes. */
export function queryOfRendition({ format, quality, normalised }: LevelledWish): Record<string, string> {
  return { format, quality, ...(normalised === null ? {} : { normalise: String(normalised) }) };
}

/** The contract’s rendition; an address only where there is something to play. */
export function presentRendition(rendition: Rendition) {
  return {
    id: rendition.id,
    format: rendition.format,
    quality: rendition.quality,
    normalised: rendition.normalised,
    status: rendition.status,
    progress: rendition.progress,
    error: rendition.errorMessage,
    file_size: rendition.sizeBytes,
    url: isPlayable(rendition) ? audioPath(rendition.recordingId, rendition) : null,
  };
}

/** What is shown with a recording. */
export interface RecordingParts {
  renditions: readonly Rendition[];
  /** Undefined while it has not been measured. */
  loudness: LoudnessFigures | undefined;
  /** The first recording of the same bytes, where the reader may hear that one. */
  duplicateOf: string | null;
}

/** What is being done with it, as long as something is. */
function presentWork({ status, stage, workNote }: Recording) {
  if (status !== 'processing' || stage === 'done' || workNote === null) return null;
  return { stage, ...workNote, message: plainNote(workNote) };
}

/** The contract’s `Recording`; the source's address may hold keys of its own, so only insiders read it. */
export function presentRecording(
  recording: Recording,
  { renditions, loudness, duplicateOf }: RecordingParts,
  isInsider: boolean,
) {
  return {
    id: recording.id,
    title: recording.title,
    language: recording.language,
    visibility: recording.visibility,
    status: recording.status,
    progress: recording.progress,
    work: presentWork(recording),
    error: recording.errorMessage,
    error_code: recording.errorCode,
    source: recording.source,
    source_url: isInsider ? recording.sourceUrl : null,
    source_kind: recording.foundKind,
    same_source_as: isInsider ? recording.sameSourceAs : null,
    filename: recording.filename,
    mime_type: recording.mimeType,
    codec: recording.codec,
    duration_seconds: recording.durationMs === null ? null : recording.durationMs / 1000,
    sample_rate: recording.sampleRate,
    channels: recording.channels,
    bitrate_kbps: recording.bitrateKbps,
    file_size: recording.sizeBytes,
    sha256: recording.sha256,
    duplicate_of: duplicateOf,
    loudness: presentFigures(loudness),
    renditions: renditions.map(presentRendition),
    created_at: recording.createdAt.toISOString(),
    updated_at: recording.updatedAt.toISOString(),
  };
}
