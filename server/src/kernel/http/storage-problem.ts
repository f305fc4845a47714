import { StorageAwayError, StorageFullError, StorageMissingError } from '../storage/errors.ts';
import { defineProblem, notFound, type Problem } from './problem.ts';

const storageAway = defineProblem('unavailable', 'storage-away', 'Not available');
const storageFull = defineProblem('storage-full', 'storage-full', 'No room left');

/** What a client is told of a storage that is away, full, or lacks a file, where the use-case has no words of its own; else null. */
export function storageProblem(error: unknown): Problem | null {
  if (error instanceof StorageAwayError) {
    return storageAway('The files cannot be reached at the moment; try again soon.', {
      headers: { 'retry-after': '10' },
      cause: error,
    });
  }
  if (error instanceof StorageMissingError)
    return notFound('This file is not there any more.', { cause: error });
  if (!(error instanceof StorageFullError)) return null;
  return storageFull('There is no room left to do this; tell the administrator.', { cause: error });
}
