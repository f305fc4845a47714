import { codeOf } from '../reason-of.ts';

/** The disk, quota or reserve is exhausted; nothing of the write was kept. */
export class StorageFullError extends Error {
  readonly code = 'storage-full';
  constructor(detail: string, options?: ErrorOptions) {
    super(`Storage is full: ${detail}`, options);
    this.name = 'StorageFullError';
  }
}

/** No file under this key. */
export class StorageMissingError extends Error {
  readonly code = 'storage-missing';
  readonly key: string;
  constructor(key: string, options?: ErrorOptions) {
    super(`No stored file under ${key}`, options);
    this.name = 'StorageMissingError';
    this.key = key;
  }
}

/** A tool needs a local copy that is larger than all copies together may be: waiting would not help. */
export class CopyTooLargeError extends Error {
  readonly code = 'copy-too-large';
  constructor(sizeBytes: number, limitBytes: number) {
    super(`The file has ${sizeBytes} bytes, and local copies may take ${limitBytes} (S3_CACHE_MB)`);
    this.name = 'CopyTooLargeError';
  }
}

/** The store does not answer, or not as a store should; nothing is known of the file. */
export class StorageAwayError extends Error {
  readonly code = 'storage-away';
  constructor(detail: string, options?: ErrorOptions) {
    super(`The storage cannot be reached: ${detail}`, options);
    this.name = 'StorageAwayError';
  }
}

/** What is stored under the key is not what was put there. */
export class StorageDamagedError extends Error {
  readonly code = 'storage-damaged';
  constructor(key: string) {
    super(`The bytes stored under ${key} are not those that were put there`);
    this.name = 'StorageDamagedError';
  }
}

/** The key could leave the storage folder or be read differently elsewhere. */
export class StorageKeyError extends Error {
  readonly code = 'storage-key';
  constructor(key: string) {
    super(`Not a storage key: ${JSON.stringify(key.slice(0, 200))}`);
    this.name = 'StorageKeyError';
  }
}

/** The draft was already committed or abandoned. */
export class DraftEndedError extends Error {
  readonly code = 'draft-ended';
  constructor(options?: ErrorOptions) {
    super('The draft has ended', options);
    this.name = 'DraftEndedError';
  }
}

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Turns the operating system's ways of saying "full" into StorageFullError; anything else passes unchanged. */
export function asStorageError(error: unknown): unknown {
  return fullCodes.has(codeOf(error) ?? '') ? new StorageFullError('no space left', { cause: error }) : error;
}
