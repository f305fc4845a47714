/** The one source of time, so that tests can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** The machine's own. */
export const systemClock: Clock = { now: () => Date.now() };
