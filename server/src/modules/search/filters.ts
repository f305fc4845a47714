import { type Actor, may } from '../../kernel/auth/actor.ts';
import { fold } from './tokens.ts';

/** What a search is narrowed to, and what the reader may see; all of it is decided per document. */
export interface Filters {
  /** Débats that are not public, too. */
  seesDebats: boolean;
  /** Recordings that are not public, and their transcripts, too. */
  seesRecordings: boolean;
  /** Folded. */
  commission: string | null;
  /** Folded; a part of a name is enough. */
  depute: string | null;
  type: string | null;
  dateStart: string | null;
  dateEnd: string | null;
}

/** What the query of the address says about documents. */
export interface AskedFilters {
  commission?: string | undefined;
  depute?: string | undefined;
  type?: string | undefined;
  date_start?: string | undefined;
  date_end?: string | undefined;
}

/** An empty filter is none: forms send those. */
const textOf = (text: string | undefined): string | null =>
  fold((text ?? '').toWellFormed().replaceAll('\u0000', '').trim()) || null;

/** Filters as statements take them. */
export function filtersOf(actor: Actor, asked: AskedFilters): Filters {
  return {
    seesDebats: may(actor, 'archive.read'),
    seesRecordings: may(actor, 'media.read'),
    commission: textOf(asked.commission),
    depute: textOf(asked.depute),
    type: asked.type ?? null,
    dateStart: asked.date_start ?? null,
    dateEnd: asked.date_end ?? null,
  };
}
