import type { Bringer, Brought } from './bring-sample.ts';

export type { Bringer, Brought } from './bring-sample.ts';
export { DEBAT_STATUSES, DEBAT_TYPES, type DebatStatus, type DebatType } from './debat.ts';
export { debatChanged, sampleBrought } from './events.ts';
export { seedTranscriptPath } from './seed-data.ts';

/** What the archive offers to later modules and to the entry. */
export interface ArchiveDoor {
  /** `./antenne seed`: the invented assembly and station; what is there already stays as it is. */
  bringSeed(bringer: Bringer): Promise<Brought>;
  /** Writes the visits noted so far; otherwise that happens every two seconds, and at the end. */
  flushVisits(): Promise<void>;
}
