import { S3ServiceException } from '@aws-sdk/client-s3';
import { reasonOf } from '../reason-of.ts';
import { StorageAwayError, StorageFullError } from './errors.ts';

const MISSING = new Set(['NoSuchKey', 'NotFound', 'NoSuchUpload']);
/** Names that servers give to "no room" and "over the quota of the bucket". */
const FULL = new Set(['QuotaExceeded', 'XMinioStorageFull', 'EntityTooLarge', 'InsufficientStorage']);

/** True when the store says that there is no such object. */
export function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && MISSING.has(error.name);
}

/** True when the store does not know this command. */
export function isNotImplemented(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  return error.name === 'NotImplemented' || error.$metadata.httpStatusCode === 501;
}

/** What a client of the storage is told of whatever the store or the way to it failed at. */
export function asAway(error: unknown): unknown {
  if (error instanceof StorageAwayError || error instanceof StorageFullError) return error;
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode;
    if (FULL.has(error.name) || status === 507)
      return new StorageFullError('the store has no room left', { cause: error });
    return new StorageAwayError(`it answers ${error.name}${status ? ` (${status})` : ''}`, { cause: error });
  }
  return new StorageAwayError(reasonOf(error), { cause: error });
}
