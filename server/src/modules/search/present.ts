import type { ShownHit } from './display-repo.ts';
import { headOf, highlight, tailOf } from './highlight.ts';
import { momentOf } from './moment.ts';
import type { SearchResult } from './schemas.ts';

const MS = 1_000;

/** One result as clients read it; `words` are the numbers of the found words in its text. */
export function presentHit(
  shown: ShownHit,
  words: ReadonlySet<number>,
  score: number,
  q: string,
): SearchResult {
  const { text, startMs, endMs, debatId, recordingId } = shown;
  const { html, firstAt } = highlight(text, words);
  const isSegment = startMs !== null && endMs !== null;
  const at = isSegment ? momentOf({ text, startMs, endMs, words: shown.words }, firstAt) / MS : null;
  return {
    type: isSegment ? 'segment' : 'title',
    debate_id: debatId,
    recording_id: recordingId,
    title: shown.title,
    date: shown.date,
    commission: shown.commission,
    speaker: shown.speaker,
    start: isSegment ? startMs / MS : null,
    end: isSegment ? endMs / MS : null,
    at,
    text,
    highlight: html,
    before: tailOf(shown.before),
    after: headOf(shown.after),
    score: Math.round(score * 1_000) / 1_000,
    url: pageOf(debatId, recordingId, at, q),
  };
}

function pageOf(debatId: string | null, recordingId: string | null, at: number | null, q: string): string {
  const path = debatId === null ? `/recordings/${recordingId}` : `/archive/${debatId}`;
  const query = new URLSearchParams(at === null ? { q } : { t: String(at), q });
  return `${path}?${query}`;
}
