import type { Debat, SoundState } from './debat.ts';
import type { Extraction } from './schemas.ts';

/** What the archive shows of a recording that is being made. */
export interface SoundProgress extends SoundState {
  id: string;
  progress: number;
  errorMessage: string | null;
}

const STATUS = {
  uploading: 'pending',
  queued: 'pending',
  processing: 'extracting',
  ready: 'completed',
  error: 'error',
} as const;

/** The recording's state in the words of débats. */
export function extractionStatus(status: SoundState['status']): Extraction['status'] {
  return STATUS[status];
}

/** A sentence that can be shown, for each state. */
export function describeExtraction(debat: Debat, recording: SoundProgress | null): string {
  if (recording === null) {
    return debat.sourceUrl === null
      ? 'This débat has no sound: give it a source address or a recording.'
      : 'The sound has not been extracted yet.';
  }
  switch (extractionStatus(recording.status)) {
    case 'pending':
      return 'The sound waits for its turn to be extracted.';
    case 'extracting':
      return `The sound is being extracted: ${recording.progress} %.`;
    case 'completed':
      return 'The sound is ready.';
    case 'error':
      return `The sound could not be extracted: ${recording.errorMessage ?? 'no reason was given'}`;
  }
}

/** The contract's extraction; `audioFile` is the file to play, once there is one. */
export function presentExtraction(
  debat: Debat,
  recording: SoundProgress,
  audioFile: Extraction['audio_file'],
): Extraction {
  return {
    extraction_id: recording.id,
    debate_id: debat.id,
    status: extractionStatus(recording.status),
    message: describeExtraction(debat, recording),
    // Nothing honest can be said before the source's length and speed are known.
    estimated_duration: null,
    progress: recording.status === 'ready' ? 100 : recording.progress,
    error: recording.status === 'error' ? recording.errorMessage : null,
    audio_file: audioFile,
  };
}
