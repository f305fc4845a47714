/** A chapter as a site or a file marks it. */
export interface MarkedChapter {
  startMs: number;
  /** Null: until the next begins. */
  endMs: number | null;
  title: string;
}
