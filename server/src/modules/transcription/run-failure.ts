import { Problem } from '../../kernel/http/problem.ts';
import { MediaError } from '../../kernel/media/tools.ts';
import { StorageAwayError, StorageFullError, StorageMissingError } from '../../kernel/storage/errors.ts';
import { EngineFailure } from './engines/engine.ts';

/** Why a run failed, as the transcription keeps it; `isFinal` means that trying again cannot help. */
export interface RunFailure {
  code: string;
  /** A sentence without paths or secrets. */
  message: string;
  isFinal: boolean;
  /** How long the engine asked to be left alone. */
  retryAfterMs: number | null;
}

const LONGEST_MESSAGE = 500;

/** Sorts whatever a run throws. */
export function toFailure(error: unknown): RunFailure {
  if (error instanceof EngineFailure) {
    const { code, message, isFinal, retryAfterMs } = error;
    return { ...failure(`transcription.engine-${code}`, message, isFinal), retryAfterMs };
  }
  if (error instanceof MediaError) return mediaFailure(error);
  if (error instanceof StorageFullError) {
    const message = 'There was no room left to cut the sound; tell the administrator.';
    return failure('transcription.storage-full', message, false);
  }
  if (error instanceof StorageAwayError) {
    return failure('transcription.storage-away', 'The files cannot be reached at the moment.', false);
  }
  if (error instanceof StorageMissingError) {
    return failure('transcription.no-sound', 'The file of this sound is no longer stored.', true);
  }
  // What media's door says of a recording whose file is gone; one that is gone itself took the run's row along.
  if (error instanceof Problem) return failure('transcription.no-sound', error.message, true);
  const message = 'Something failed here while the speech was being recognised; try again later.';
  return failure('transcription.internal', message, false);
}

function mediaFailure({ failure: kind, message }: MediaError): RunFailure {
  if (kind === 'storage-full') return failure('transcription.storage-full', message, false);
  if (kind === 'tool-failed') return failure('transcription.tool-failed', message, false);
  return failure('transcription.broken-sound', message, true);
}

/** A failure with its message as a sentence, short enough to be kept. */
export function failure(code: string, message: string, isFinal: boolean): RunFailure {
  const short = message.slice(0, LONGEST_MESSAGE);
  const sentence = /[.!?…]$/.test(short) ? short : `${short}.`;
  return { code, message: sentence, isFinal, retryAfterMs: null };
}
