import { codeOf } from '../reason-of.ts';

/** True for an error that says that a path names nothing. */
export function isAbsent(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}
