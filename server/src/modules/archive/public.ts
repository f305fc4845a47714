export { DEBAT_STATUSES, DEBAT_TYPES, type DebatStatus, type DebatType } from './debat.ts';

/** What the archive offers to later modules and to the entry: nothing yet. */
export type ArchiveDoor = Record<never, never>;
