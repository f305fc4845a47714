/** How far a rebuild has come. */
export interface RebuildProgress {
  done: number;
  total: number;
  /** It went on where an earlier one had been stopped. */
  isResumed: boolean;
}

/** What the search offers to later modules and to the entry. */
export interface SearchDoor {
  /** Organisations that have something to be found. */
  organisations(): Promise<string[]>;
  /**
   * Makes the index of an organisation anew, document by document, beside whatever else runs: it stays whole
   * meanwhile. Stopped, it goes on where it was when it is run again.
   */
  rebuild(
    organisationId: string,
    onProgress: (progress: RebuildProgress) => void,
    signal?: AbortSignal,
  ): Promise<RebuildProgress>;
  /** After much was written: figures for plans and pages for reading, which would otherwise come by and by. */
  tidy(): Promise<void>;
}
