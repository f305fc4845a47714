import { defineProblem, type Problem } from '../../kernel/http/problem.ts';
import type { Transcription } from './transcription.ts';

const missing = defineProblem('not-found', 'transcription.not-found', 'No such transcription');
export const transcriptionNotFound = (): Problem =>
  missing('There is no transcription with this id, or it is not yours to read.');

const hidden = defineProblem('not-found', 'transcription.recording-not-found', 'No such recording');
export const recordingNotFound = (): Problem =>
  hidden('There is no recording with this id, or it is not yours to read.');

const unread = defineProblem('not-found', 'transcription.no-transcript', 'No transcript');
export const noTranscript = (): Problem => unread('This recording has no transcript yet.');

const unknown = defineProblem('not-found', 'transcription.project-not-found', 'No such project');
export const projectNotFound = (): Problem => unknown('There is no project of this name.');

const without = defineProblem('invalid', 'transcription.no-engine', 'No engine for the language');
/** `how` says what the operator can do. */
export const noEngine = (language: string, how: string): Problem =>
  without(`No speech engine here knows the language "${language}". ${how}`, { members: { language } });

const silent = defineProblem('conflict', 'transcription.no-sound', 'No sound to transcribe');
export const noSound = (why: string | null): Problem =>
  silent(`This recording has no sound: ${why ?? 'its preparation failed.'}`);

const already = defineProblem('conflict', 'transcription.under-way', 'Already under way');
/** `transcription_id` names the one that is at work. */
export const underWay = ({ id, status }: Transcription): Problem =>
  already('This recording is being transcribed already: follow that work, or cancel it first.', {
    members: { transcription_id: id, transcription_status: status },
  });

const idle = defineProblem('conflict', 'transcription.not-running', 'Nothing to cancel');
export const notRunning = ({ status }: Transcription): Problem =>
  idle(`There is nothing to cancel: the transcription is ${status}.`, {
    members: { transcription_status: status },
  });

const unfailed = defineProblem('conflict', 'transcription.not-failed', 'Nothing to retry');
export const notFailed = ({ status }: Transcription): Problem =>
  unfailed(`There is nothing to retry: the transcription is ${status}.`, {
    members: { transcription_status: status },
  });

export const badForm = defineProblem('malformed', 'transcription.bad-form', 'The form cannot be read');
export const fileTooLarge = defineProblem(
  'too-large',
  'transcription.file-too-large',
  'The file is too large',
);
export const badTranscript = defineProblem('invalid', 'transcription.bad-file', 'Not a transcript');
export const notMultipart = defineProblem(
  'unsupported-type',
  'transcription.not-multipart',
  'Not a multipart form',
);
export const notAudio = defineProblem('malformed', 'transcription.not-audio', 'Neither audio nor video');
