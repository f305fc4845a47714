import { StorageKeyError } from './errors.ts';

const keyPattern = /^[a-z0-9][a-z0-9/._-]*$/;
/** S3 allows 1024 bytes; a file system allows 255 for one name. */
const longestKey = 1024;
const longestName = 255;

/** Throws StorageKeyError unless the key is lower-case, relative, and means the same on disk and in S3. */
export function assertKey(key: string): void {
  if (key.length > longestKey || !keyPattern.test(key)) throw new StorageKeyError(key);
  for (const name of key.split('/')) {
    // No empty, '.' or '..' segments; no hidden names either, since tools skip those when copying.
    if (name === '' || name.startsWith('.') || name.length > longestName) throw new StorageKeyError(key);
  }
}
