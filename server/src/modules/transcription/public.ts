export {
  PROGRESS_CHANNEL,
  TranscriptionProgress,
  transcriptionCompleted,
  transcriptRemoved,
} from './events.ts';
export { type KeptWord, TRANSCRIPTION_STATUSES, type TranscriptionStatus } from './transcription.ts';
