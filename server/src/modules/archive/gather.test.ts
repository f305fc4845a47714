import { expect, test } from 'vitest';
import { createGatheredRead } from './gather.ts';

function reader(mostKeys?: number) {
  const sent: [string, string[]][] = [];
  const read = createGatheredRead(async (group, keys) => {
    sent.push([group, keys]);
    if (group === 'broken') throw new Error('away');
    return new Map(keys.filter((key) => key !== 'missing').map((key) => [key, `${group} ${key}`]));
  }, mostKeys);
  return { read, sent };
}

test('what is asked for in one turn travels together, by group, each key once', async () => {
  const { read, sent } = reader();
  const asked = [read('o1', 'a'), read('o1', 'b'), read('o2', 'a'), read('o1', 'a'), read('o1', 'missing')];
  expect(await Promise.all(asked)).toEqual(['o1 a', 'o1 b', 'o2 a', 'o1 a', null]);
  expect(sent).toEqual([
    ['o1', ['a', 'b', 'missing']],
    ['o2', ['a']],
  ]);
});

test('what is asked for later is read anew', async () => {
  const { read, sent } = reader();
  await read('o1', 'a');
  await read('o1', 'a');
  expect(sent).toHaveLength(2);
});

test('no statement carries more than so many keys', async () => {
  const { read, sent } = reader(2);
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => read('o1', key)));
  expect(sent.map(([, keys]) => keys.length)).toEqual([2, 2, 1]);
});

test('a failure reaches all who travelled, and nobody else', async () => {
  const { read } = reader();
  const [broken, alsoBroken, fine] = [read('broken', 'a'), read('broken', 'b'), read('o1', 'a')];
  await expect(broken).rejects.toThrow('away');
  await expect(alsoBroken).rejects.toThrow('away');
  expect(await fine).toBe('o1 a');
  expect(await read('o1', 'b')).toBe('o1 b');
});
