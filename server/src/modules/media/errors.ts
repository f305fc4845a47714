import { defineProblem, Problem } from '../../kernel/http/problem.ts';

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
export const originalRemoved = defineProblem('conflict', 'media.original-removed', 'The original is gone');
export const quotaExceeded = defineProblem('storage-full', 'media.quota-exceeded', 'Over the quota');
export const addressRefused = defineProblem('invalid', 'media.address-refused', 'The address is refused');
export const wishRefused = defineProblem('invalid', 'media.wish-refused', 'No such quality');
export const alreadyImported = defineProblem('conflict', 'media.already-imported', 'Already imported');
export const notReady = defineProblem('conflict', 'media.not-ready', 'Not ready yet');
export const noSuchSession = defineProblem('not-found', 'media.no-such-session', 'No such session');
export const onlySockets = defineProblem('upgrade-required', 'media.only-sockets', 'WebSocket only');
export const transcoderFull = defineProblem('busy', 'media.transcoder-full', 'The transcoder is full');
export const notNormalisable = defineProblem('conflict', 'media.not-normalisable', 'Cannot be normalised');
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

const missingUpload = defineProblem('not-found', 'media.upload-not-found', 'No such upload');
export const uploadNotFound = (): Problem =>
  missingUpload('There is no upload at this address (any more), or it is not yours.');
export const uploadExpired = defineProblem('gone', 'media.upload-expired', 'The upload has expired');
export const uploadGone = defineProblem('gone', 'media.upload-gone', 'The bytes are gone');
export const uploadBusy = defineProblem('held', 'media.upload-busy', 'Being written');
export const uploadFinished = defineProblem('conflict', 'media.upload-finished', 'Already a recording');
export const wrongOffset = defineProblem('conflict', 'media.wrong-offset', 'Not where the upload stands');
export const uploadTooLarge = defineProblem('too-large', 'media.upload-too-large', 'Too large');
export const tooManyUploads = defineProblem('busy', 'media.too-many-uploads', 'Too many unfinished uploads');
export const badUploadHeader = defineProblem('malformed', 'media.bad-upload-header', 'Not a tus request');
export const notAPiece = defineProblem('unsupported-type', 'media.not-a-piece', 'Not a piece of an upload');
export const otherTusVersion = defineProblem(
  'precondition-failed',
  'media.tus-version',
  'Another tus version',
);
export const checksumMismatch = defineProblem(
  'checksum-mismatch',
  'media.checksum-mismatch',
  'The checksum does not match',
);

/** True for a refusal of the file itself: sending it again cannot help. */
export function isNeverSound(error: unknown): boolean {
  const codes = ['media.not-audio', 'media.broken-file', 'media.empty-file'];
  return error instanceof Problem && codes.includes(error.code);
}
