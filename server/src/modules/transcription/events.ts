import Type from 'typebox';
import { defineEvent } from '../../kernel/events/event.ts';
import { TRANSCRIPTION_STATUSES } from './transcription.ts';

/** A recording has a new transcript: the one of this version, which grows with each change. */
export const transcriptionCompleted = defineEvent(
  'transcription.completed',
  Type.Object({
    organisationId: Type.String(),
    recordingId: Type.String(),
    transcriptionId: Type.String(),
    version: Type.Integer(),
  }),
);

/** A recording that stays has no transcript any more. One that goes takes its transcript along without this. */
export const transcriptRemoved = defineEvent(
  'transcription.transcript-removed',
  Type.Object({ organisationId: Type.String(), recordingId: Type.String() }),
);

/** Hint channel of `TranscriptionProgress`: may be lost, comes at most once a second for one transcription. */
export const PROGRESS_CHANNEL = 'transcription.progress';

/** What the hint carries. */
export const TranscriptionProgress = Type.Object({
  organisationId: Type.String(),
  recordingId: Type.String(),
  transcriptionId: Type.String(),
  status: Type.Enum([...TRANSCRIPTION_STATUSES]),
  progress: Type.Integer({ minimum: 0, maximum: 100 }),
  /** Why it failed, or what it waits for; null otherwise. */
  message: Type.Union([Type.String(), Type.Null()]),
});
/** How a transcription comes along. */
export type TranscriptionProgress = Type.Static<typeof TranscriptionProgress>;
