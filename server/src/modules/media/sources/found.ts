import type { MarkedChapter } from '../../../kernel/media/marked-chapter.ts';

/** What an address turned out to be. */
export const FOUND_KINDS = ['file', 'hls', 'dash', 'feed', 'page', 'site'] as const;
/** A name of {@link FOUND_KINDS}; `site` is a page that yt-dlp knows. */
export type FoundKind = (typeof FOUND_KINDS)[number];

/** Captions that were named, not fetched yet. */
export interface CaptionsRef {
  address: string;
  language: string | null;
  /** A list of WebVTT pieces, as HLS has it. */
  isHls: boolean;
}

/** What was learnt on the way to the sound. */
export interface Found {
  kind: FoundKind;
  title: string | null;
  language: string | null;
  /** The address that names this one sound and no other: of a feed its item. Null: the one that was asked for. */
  ownAddress: string | null;
  captions: CaptionsRef[];
  chapters: MarkedChapter[];
  /** A file of chapters, not fetched yet. */
  chaptersAddress: string | null;
}

/** Nothing but its kind is known. */
export function plainlyFound(kind: FoundKind): Found {
  return {
    kind,
    title: null,
    language: null,
    ownAddress: null,
    captions: [],
    chapters: [],
    chaptersAddress: null,
  };
}
