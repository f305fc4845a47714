import type { KeptSegment } from './chunk-repo.ts';
import type { ListedTranscription } from './list-repo.ts';
import type { TranscriptFacts } from './transcript-repo.ts';

/** Milliseconds as the contract's seconds. */
const seconds = (ms: number): number => ms / 1000;

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** Seconds between two instants that have both been reached. */
function between(from: Date | null, to: Date | null): number | null {
  return from === null || to === null ? null : Math.max(0, to.getTime() - from.getTime()) / 1000;
}

/** A segment as every reply shows it. */
export function presentSegment({ startMs, endMs, text, speaker, confidence, words }: KeptSegment) {
  return {
    start: seconds(startMs),
    end: seconds(endMs),
    text,
    speaker,
    confidence,
    words:
      words?.map(([start, end, word, share]) => ({
        start: seconds(start),
        end: seconds(end),
        text: word,
        confidence: share,
      })) ?? null,
  };
}

/** The contract's `Transcription`; a list leaves the text out. */
export function presentTranscription(listed: ListedTranscription, segments: readonly KeptSegment[] | null) {
  return {
    id: listed.id,
    status: listed.status,
    progress: listed.progress,
    recording_id: listed.recordingId,
    recording_title: listed.recordingTitle,
    source: listed.source,
    engine: listed.engine,
    project_name: listed.projectName,
    worker_id: listed.worker,
    celery_task_id: listed.jobId,
    file_path: `/api/recordings/${listed.recordingId}/audio`,
    language: listed.language,
    duration: listed.durationMs === null ? null : seconds(listed.durationMs),
    processing_time: between(listed.startedAt, listed.finishedAt),
    queue_wait_time: between(listed.queuedAt, listed.startedAt),
    text: segments?.map(({ text }) => text).join(' ') ?? null,
    segments: segments?.map(presentSegment) ?? null,
    segments_count: listed.segmentCount,
    error_message: listed.errorMessage,
    error_code: listed.errorCode,
    vad_enabled: listed.useVad,
    whisper_model: listed.model,
    initial_prompt: listed.initialPrompt,
    created_at: listed.createdAt.toISOString(),
    queued_at: iso(listed.queuedAt),
    processing_start_time: iso(listed.startedAt),
    processing_end_time: iso(listed.transcribedAt),
    finished_at: iso(listed.finishedAt),
    ...NOT_YET,
  };
}

/** What older clients look for, and later work will fill. */
const NOT_YET = {
  diarization_enabled: false,
  enrichment_requested: false,
  text_correction: false,
  enrichment_status: null,
  enrichment_worker_id: null,
  enrichment_data: null,
  enrichment_error: null,
  enrichment_processing_time: null,
  llm_model: null,
  enrichment_prompts: null,
  enriched_text: null,
  enhanced_text: null,
};

/** The transcript that readers see. */
export function presentTranscript(facts: TranscriptFacts, segments: readonly KeptSegment[]) {
  return {
    recording_id: facts.recordingId,
    transcription_id: facts.transcriptionId,
    version: facts.version,
    language: facts.language,
    engine: facts.engine,
    source: facts.source,
    segments: segments.map((segment, position) => ({ position, ...presentSegment(segment) })),
    created_at: facts.createdAt.toISOString(),
    updated_at: facts.updatedAt.toISOString(),
  };
}
