import { expect, test } from 'vitest';
import { isFiltered, readArchiveSearch, sortedBy } from './archive-search.ts';

test('an address is read, what is unknown or usual left out', () => {
  const read = readArchiveSearch({
    q: 'eau',
    type: 'audition',
    status: 'nope',
    page: '3',
    order: 'asc',
    x: '1',
  });
  expect(read).toEqual({ q: 'eau', type: 'audition', page: 3, order: 'asc' });
  expect(readArchiveSearch({ q: '  ', page: '1' })).toEqual({});
  expect(readArchiveSearch({ page: '-4', sort: 'sha' })).toEqual({});
});

test('a column sorts, then turns round, and the pages begin again', () => {
  const byTitle = sortedBy({ page: 4, q: 'eau' }, 'title');
  expect(byTitle).toEqual({ q: 'eau', sort: 'title' });
  expect(sortedBy(byTitle, 'title')).toEqual({ q: 'eau', sort: 'title', order: 'desc' });
  expect(sortedBy(byTitle, 'date')).toEqual({ q: 'eau' });
  expect(sortedBy({}, 'date')).toEqual({ order: 'asc' });
});

test('sorting is no filter', () => {
  expect(isFiltered({ sort: 'title', page: 2 })).toBe(false);
  expect(isFiltered({ commission: 'Finances' })).toBe(true);
});
