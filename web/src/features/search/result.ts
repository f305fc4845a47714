import type { Schema } from '@antenne/client';
import { formatDay } from '../../i18n/format.ts';
import type { Language } from '../../i18n/language.ts';
import { typeset } from '../../i18n/typeset.ts';
import type { Track } from '../../player/track.ts';

/** One place where the words were said, or a title that has them. */
export type SearchResult = Schema<'SearchResult'>;

export type SearchReply = Schema<'SearchReply'>;

/** A value to narrow by, and how often it is found. */
export type Facet = SearchReply['facets']['type'][number];

/** What was found in one sound. */
export interface ResultGroup {
  key: string;
  /** The result that speaks for them all. */
  head: SearchResult;
  /** The title with its marks, where the title itself was found. */
  titleHighlight: string | null;
  hits: SearchResult[];
}

const keyOf = ({ debate_id, recording_id, url }: SearchResult): string => debate_id ?? recording_id ?? url;

/** Brings together what was found in the same sound, in the order of the best of each. */
export function groupResults(results: readonly SearchResult[]): ResultGroup[] {
  const groups = new Map<string, ResultGroup>();
  for (const result of results) {
    const key = keyOf(result);
    const group = groups.get(key) ?? { key, head: result, titleHighlight: null, hits: [] };
    groups.set(key, group);
    if (result.type === 'title') group.titleHighlight = result.highlight;
    else group.hits.push(result);
  }
  return [...groups.values()];
}

/** What the player plays for a result; null while there is no sound. */
export function trackOf(result: SearchResult, language: Language): Track | null {
  const { debate_id, recording_id, date, commission } = result;
  const id = debate_id ?? recording_id;
  if (id === null || recording_id === null) return null;
  const note = [formatDay(date, language), commission];
  return {
    kind: debate_id === null ? 'recording' : 'debat',
    id,
    title: typeset(result.title),
    note: note.filter((part) => part !== null).join(' · '),
    recordingId: recording_id,
    durationSeconds: null,
  };
}
