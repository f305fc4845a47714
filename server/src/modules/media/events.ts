import Type from 'typebox';
import { defineEvent } from '../../kernel/events/event.ts';

/** The sound plays: its renditions and waveform are whole and visible. */
export const recordingReady = defineEvent(
  'media.recording-ready',
  Type.Object({ organisationId: Type.String(), recordingId: Type.String(), durationMs: Type.Integer() }),
);

/** The work ended without sound, after its last try or by a person's wish; `message` may be shown. */
export const recordingFailed = defineEvent(
  'media.recording-failed',
  Type.Object({ organisationId: Type.String(), recordingId: Type.String(), message: Type.String() }),
);

/** What is said of a recording has changed (title, language, visibility), or it is gone: whoever hears looks itself. */
export const recordingChanged = defineEvent(
  'media.recording-changed',
  Type.Object({ organisationId: Type.String(), recordingId: Type.String() }),
);

/** Hint channel of `RecordingProgress`: may be lost, comes at most once a second for one recording. */
export const PROGRESS_CHANNEL = 'media.progress';

/** What the hint carries. */
export const RecordingProgress = Type.Object({
  organisationId: Type.String(),
  recordingId: Type.String(),
  status: Type.Union([
    Type.Literal('uploading'),
    Type.Literal('queued'),
    Type.Literal('processing'),
    Type.Literal('ready'),
    Type.Literal('error'),
  ]),
  progress: Type.Integer({ minimum: 0, maximum: 100 }),
  message: Type.Union([Type.String(), Type.Null()]),
});
/** How a recording comes along. */
export type RecordingProgress = Type.Static<typeof RecordingProgress>;
