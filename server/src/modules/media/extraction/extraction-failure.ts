import { Problem } from '../../../kernel/http/problem.ts';
import { SiteFetchFailed } from '../../../kernel/media/fetch-from-site.ts';
import { MediaError } from '../../../kernel/media/tools.ts';
import { AddressRefused, FetchFailed } from '../../../kernel/net/errors.ts';
import {
  CopyTooLargeError,
  StorageAwayError,
  StorageDamagedError,
  StorageFullError,
  StorageMissingError,
} from '../../../kernel/storage/errors.ts';

import { SourceFault } from '../sources/source-fault.ts';

/** Why work failed, as the recording keeps it; `isFinal` means that trying again cannot help. */
export interface ExtractionFailure {
  code: string;
  message: string;
  isFinal: boolean;
  /** Not the file's fault: the work waits as long as it takes, and no try is counted. */
  isPatient?: boolean;
}

const PASSING_STATUSES = new Set([408, 425, 429]);

/** Sorts whatever the stages throw; the message is a sentence without paths or secrets. */
export function toFailure(error: unknown): ExtractionFailure {
  if (error instanceof MediaError) return mediaFailure(error);
  if (error instanceof AddressRefused) return final('media.address-refused', error.message);
  if (error instanceof FetchFailed) return fetchFailure(error);
  if (error instanceof SourceFault) return final(`media.${error.code}`, error.message);
  if (error instanceof SiteFetchFailed) return siteFailure(error);
  if (error instanceof StorageFullError) {
    return patient(
      'media.storage-full',
      'There was no room left to store the sound; tell the administrator.',
    );
  }
  if (error instanceof StorageAwayError) {
    return patient('media.storage-away', 'The files cannot be reached at the moment.');
  }
  if (error instanceof CopyTooLargeError) {
    return final(
      'media.copy-too-large',
      'The original is larger than the copies that this machine may keep; the administrator can raise S3_CACHE_MB.',
    );
  }
  if (error instanceof StorageDamagedError) {
    return final(
      'media.original-damaged',
      'The original file was damaged where it is stored; upload or import it again.',
    );
  }
  if (error instanceof Problem) return final(error.code, error.message);
  if (error instanceof StorageMissingError) {
    return final(
      'media.original-missing',
      'The original file is no longer stored; upload or import it again.',
    );
  }
  return passing(
    'media.internal',
    'Something failed here while the sound was being prepared; try again later.',
  );
}

function mediaFailure({ failure, message }: MediaError): ExtractionFailure {
  if (failure === 'storage-full') return patient('media.storage-full', message);
  if (failure === 'tool-failed') return passing('media.tool-failed', message);
  if (failure === 'timeout') return final('media.timeout', message);
  if (failure === 'broken') return final('media.broken-file', message);
  return final('media.not-audio', message);
}

function fetchFailure({ failure, status, message }: FetchFailed): ExtractionFailure {
  if (failure === 'status') {
    const isRefusal = status !== null && status >= 400 && status < 500 && !PASSING_STATUSES.has(status);
    return { code: 'media.fetch-failed', message: asSentence(message), isFinal: isRefusal };
  }
  const isFinal =
    failure === 'too-large' || failure === 'redirects' || failure === 'tls' || failure === 'encoding';
  return { code: 'media.fetch-failed', message: asSentence(message), isFinal };
}

function siteFailure({ failure, message }: SiteFetchFailed): ExtractionFailure {
  if (failure === 'storage-full') return patient('media.storage-full', message);
  if (failure === 'failed' || failure === 'stopped') return passing('media.site-failed', message);
  return final('media.site-failed', message);
}

function final(code: string, message: string): ExtractionFailure {
  return { code, message: asSentence(message), isFinal: true };
}

function passing(code: string, message: string): ExtractionFailure {
  return { code, message: asSentence(message), isFinal: false };
}

function patient(code: string, message: string): ExtractionFailure {
  return { ...passing(code, message), isPatient: true };
}

const LONGEST_MESSAGE = 500;

/** Short enough to be kept and shown, with a full stop. */
export function asSentence(text: string): string {
  const short = text.slice(0, LONGEST_MESSAGE);
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
