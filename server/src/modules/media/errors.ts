import { defineProblem, type Problem } from '../../kernel/http/problem.ts';

const missing = defineProblem('not-found', 'media.recording-not-found', 'No such recording');
export const recordingNotFound = (): Problem =>
  missing('There is no recording with this id, or it is not yours to read.');

export const renditionNotFound = defineProblem('not-found', 'media.rendition-not-found', 'No such rendition');
export const notMultipart = defineProblem('unsupported-type', 'media.not-multipart', 'Not a multipart form');
export const notAudio = defineProblem('unsupported-type', 'media.not-audio', 'Neither audio nor video');
export const brokenFile = defineProblem('invalid', 'media.broken-file', 'The file cannot be read');
export const emptyFile = defineProblem('invalid', 'media.empty-file', 'The file is empty');
export const badUpload = defineProblem('malformed', 'media.bad-upload', 'The form cannot be read');
export const storageFull = defineProblem('storage-full', 'media.storage-full', 'No room left');
export const addressRefused = defineProblem('invalid', 'media.address-refused', 'The address is refused');
export const wishRefused = defineProblem('invalid', 'media.wish-refused', 'No such quality');
export const alreadyImported = defineProblem('conflict', 'media.already-imported', 'Already imported');
export const notReady = defineProblem('conflict', 'media.not-ready', 'Not ready yet');
export const notFailed = defineProblem('conflict', 'media.not-failed', 'Nothing to retry');
export const notRunning = defineProblem('conflict', 'media.not-running', 'Nothing to cancel');
export const recordingInUse = defineProblem('conflict', 'media.recording-in-use', 'The recording is in use');
export const coverNotFound = defineProblem('not-found', 'media.cover-not-found', 'No cover art');
export const analysisFailed = defineProblem('conflict', 'media.analysis-failed', 'Could not be measured');
export const signatureRefused = defineProblem(
  'forbidden',
  'media.signature-refused',
  'The signed address is refused',
);
export const signatureIncomplete = defineProblem(
  'malformed',
  'media.signature-incomplete',
  'Half a signature',
);
export const streamNameRefused = defineProblem('malformed', 'media.bad-stream-name', 'Not a name');
