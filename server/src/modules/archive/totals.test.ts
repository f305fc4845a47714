import { expect, test } from 'vitest';
import { createTotals } from './totals.ts';

function counter() {
  let counted = 0;
  return {
    count: async () => {
      counted += 1;
      return counted;
    },
    get times() {
      return counted;
    },
  };
}

test('a total is counted once for all who ask together, and again after its time', async () => {
  let nowMs = 0;
  const totals = createTotals({ now: () => nowMs });
  const { count } = counter();
  const asked = [totals.get('o1', 'all', count), totals.get('o1', 'all', count)];
  expect(await Promise.all(asked)).toEqual([1, 1]);
  nowMs = 4_999;
  expect(await totals.get('o1', 'all', count)).toBe(1);
  nowMs = 5_000;
  expect(await totals.get('o1', 'all', count)).toBe(2);
});

test('a change in an organisation makes its lists, and no other, be counted again', async () => {
  const totals = createTotals({ now: () => 0 });
  const [mine, theirs] = [counter(), counter()];
  await totals.get('o1', 'all', mine.count);
  await totals.get('o2', 'all', theirs.count);
  totals.forget('o1');
  await totals.get('o1', 'all', mine.count);
  await totals.get('o2', 'all', theirs.count);
  expect([mine.times, theirs.times]).toEqual([2, 1]);
});

test('a count that was under way during a change is not kept', async () => {
  const totals = createTotals({ now: () => 0 });
  const slow = Promise.withResolvers<number>();
  const early = totals.get('o1', 'all', () => slow.promise);
  totals.forget('o1');
  const late = totals.get('o1', 'all', async () => 8);
  slow.resolve(7);
  expect(await Promise.all([early, late])).toEqual([7, 8]);
  expect(await totals.get('o1', 'all', async () => 9)).toBe(8);
});

test('a failed count is not kept', async () => {
  const totals = createTotals({ now: () => 0 });
  await expect(totals.get('o1', 'all', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await totals.get('o1', 'all', async () => 3)).toBe(3);
});

test('at most so many lists are kept, the latest ones', async () => {
  const totals = createTotals({ now: () => 0 }, 5_000, 2);
  const { count } = counter();
  for (const list of ['a', 'b', 'c']) await totals.get('o1', list, count);
  expect(await totals.get('o1', 'c', count)).toBe(3);
  expect(await totals.get('o1', 'a', count)).toBe(4);
});
