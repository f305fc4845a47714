/** After so many tries without a sound the player stops and says so. */
export const maxRecoveries = 8;

/** Waits 0.5 s, then doubles up to 15 s: soon enough for a lift, gentle with a server that restarts. */
export function recoveryDelayMs(attempt: number): number {
  return Math.min(15_000, 500 * 2 ** Math.max(0, attempt - 1));
}

/**
 * Says whether trying again can help. A lost network (code 2) deserves every try; an address that gave no
 * sound (4, also what an expired signature looks like) or broken bytes (3) deserve two with a fresh address.
 */
export function canRecover(mediaErrorCode: number, attempt: number): boolean {
  if (mediaErrorCode === 2) return attempt < maxRecoveries;
  return (mediaErrorCode === 3 || mediaErrorCode === 4) && attempt < 2;
}
