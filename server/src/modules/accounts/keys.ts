import { createHmac } from 'node:crypto';

/** Keys of this module, each for one purpose, all derived from SECRET_KEY. */
export interface AccountKeys {
  /** Makes the successor of a refresh token. */
  refreshSuccession: Buffer;
  /** Hides what was typed in the table of failures. */
  lockOut: Buffer;
}

/** Derives all keys; another SECRET_KEY makes all of them others. */
export function deriveKeys(secretKey: string): AccountKeys {
  const derive = (purpose: string) => createHmac('sha256', secretKey).update(`antenne ${purpose}`).digest();
  return { refreshSuccession: derive('refresh succession'), lockOut: derive('sign-in lock-out') };
}
