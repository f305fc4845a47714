import fc from 'fast-check';
import { expect, it } from 'vitest';
import { editDistance, nearestWord } from './nearest-word.ts';

it.each([
  ['strat', 'start'],
  ['Start', 'start'],
  ['migrat', 'migrate'],
  ['worke', 'worker'],
  ['tset', 'test'],
])('takes %s for %s', (typed, meant) => {
  expect(nearestWord(typed, ['start', 'dev', 'api', 'worker', 'migrate', 'test'])).toBe(meant);
});

it('takes nothing for what is far from all', () => {
  expect(nearestWord('deploy', ['start', 'dev', 'api'])).toBeUndefined();
  expect(nearestWord('x', [])).toBeUndefined();
});

it('measures a distance: none to itself, the same both ways, at most the longer word', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, a)).toBe(0);
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
