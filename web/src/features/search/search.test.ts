import { expect, test } from 'vitest';
import { groupResults, type SearchResult, trackOf } from './result.ts';
import { isNarrowed, narrowed, readSpokenSearch, yearOf } from './search-search.ts';

const result = (more: Partial<SearchResult>): SearchResult => ({
  type: 'segment',
  debate_id: null,
  recording_id: 'r1',
  title: 'Titre',
  date: '2026-11-21',
  commission: null,
  speaker: null,
  start: 1,
  end: 2,
  at: 1.2,
  text: 'a',
  highlight: 'a',
  before: null,
  after: null,
  url: '',
  score: 1,
  ...more,
});

test('an address is read, what is unknown or usual left out', () => {
  const read = readSpokenSearch({
    q: 'eau',
    type: 'audition',
    from: '2026-01-01',
    to: '2026-99-01',
    sort: 'relevance',
    page: '2',
    x: '1',
  });
  expect(read).toEqual({ q: 'eau', type: 'audition', from: '2026-01-01', page: 2 });
  expect(readSpokenSearch({ q: ' ', sort: 'date_desc' })).toEqual({ sort: 'date_desc' });
});

test('a choice begins the pages again, and can be taken back', () => {
  const chosen = narrowed({ q: 'eau', page: 4 }, { commission: 'Finances' });
  expect(chosen).toEqual({ q: 'eau', commission: 'Finances' });
  expect(isNarrowed(chosen)).toBe(true);
  expect(narrowed(chosen, { commission: undefined })).toEqual({ q: 'eau' });
  expect(isNarrowed({ q: 'eau', sort: 'date_asc', page: 3 })).toBe(false);
});

test('a year is a stretch of dates', () => {
  expect(yearOf({ from: '2026-01-01', to: '2026-12-31' })).toBe('2026');
  expect(yearOf({ from: '2026-01-01', to: '2026-12-30' })).toBeUndefined();
  expect(yearOf({})).toBeUndefined();
});

test('what was found in one sound stands together, in the order of its best', () => {
  const groups = groupResults([
    result({ debate_id: 'd1', start: 50 }),
    result({ recording_id: 'r2', start: 3 }),
    result({ debate_id: 'd1', type: 'title', start: null, highlight: '<mark>Titre</mark>' }),
    result({ debate_id: 'd1', start: 10 }),
  ]);
  expect(groups.map(({ key, hits }) => [key, hits.map(({ start }) => start)])).toEqual([
    ['d1', [50, 10]],
    ['r2', [3]],
  ]);
  expect(groups[0]?.titleHighlight).toBe('<mark>Titre</mark>');
});

test('a result plays as what its page plays, so that the sound goes on there', () => {
  expect(trackOf(result({ debate_id: 'd1' }), 'fr')).toMatchObject({ kind: 'debat', id: 'd1' });
  expect(trackOf(result({}), 'fr')).toMatchObject({ kind: 'recording', id: 'r1' });
  expect(trackOf(result({ debate_id: 'd1', recording_id: null }), 'fr')).toBeNull();
});
