import type { Browser } from 'playwright-core';
import type { Sample } from '../harness/page.ts';
import type { Station } from '../harness/station.ts';

export const SIGNING_KEY = 'a key of this test alone, long enough to be taken';

/** One station and one browser for several suites: starting them costs more than most of what is tested. */
export interface Shared {
  station: Station;
  browser: Browser;
  /** The sample, public, in three qualities. */
  sample: Sample;
  /** A private recording with faults, chapters and a text. */
  faultyId: string;
}
