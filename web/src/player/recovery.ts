/** After so many tries without a sound the player stops and says so: some ten minutes of a lost network. */
export const maxRecoveries = 45;
const stallToleratedMs = 12_000;

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

/** Counts the tries of a sound that was lost, and holds their clocks. */
export class Recovery {
  #attempt = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #stall: ReturnType<typeof setTimeout> | undefined;

  get isUnderWay(): boolean {
    return this.#attempt > 0;
  }

  /** Tries again a little later than the last time; false when it can't help any more. */
  tryLater(mediaErrorCode: number, again: () => void): boolean {
    if (!canRecover(mediaErrorCode, this.#attempt)) return false;
    this.#attempt += 1;
    this.stopWaiting();
    this.#again = setTimeout(again, recoveryDelayMs(this.#attempt));
    return true;
  }

  /** A sound that waits for its bytes too long is lost. */
  watchStall(lost: () => void): void {
    clearTimeout(this.#stall);
    this.#stall = setTimeout(lost, stallToleratedMs);
  }

  stopWaiting(): void {
    clearTimeout(this.#again);
    clearTimeout(this.#stall);
  }

  /** It sounds, or is another sound: the next trouble is a new one. */
  forget(): void {
    this.#attempt = 0;
    clearTimeout(this.#stall);
  }
}
