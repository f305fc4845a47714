import { describe, expect, test } from 'vitest';
import { createWeightedMemory } from './weighted-memory.ts';

const make = (capacity = 10, loadsAtOnce = 2) =>
  createWeightedMemory<string>({ capacity, weightOf: (value) => value.length, loadsAtOnce });

describe('a weighted memory', () => {
  test('loads once for all who ask meanwhile, and again after a failure', async () => {
    const memory = make();
    let loads = 0;
    const load = async () => {
      loads++;
      if (loads === 1) throw new Error('not now');
      return 'abc';
    };
    const first = await Promise.allSettled([memory.get('k', load), memory.get('k', load)]);
    expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(loads).toBe(1);
    expect(await Promise.all([memory.get('k', load), memory.get('k', load)])).toEqual(['abc', 'abc']);
    expect(await memory.get('k', load)).toBe('abc');
    expect(loads).toBe(2);
  });

  test('forgets what was not used for longest, and keeps nothing that is too heavy', async () => {
    const memory = make(10);
    const put = (key: string, value: string) => memory.get(key, async () => value);
    await put('a', '1234');
    await put('b', '1234');
    await put('a', 'unused');
    await put('c', '1234');
    expect(memory.held).toEqual({ entries: 2, weight: 8 });
    expect(await put('a', 'new')).toBe('1234');
    expect(await put('b', 'new')).toBe('new');
    await put('heavy', 'x'.repeat(11));
    expect(memory.held).toEqual({ entries: 0, weight: 0 });
  });

  test('runs a few loads at once', async () => {
    const memory = make(100, 2);
    const ends: (() => void)[] = [];
    let most = 0;
    let running = 0;
    const loads = ['a', 'b', 'c', 'd'].map((key) =>
      memory.get(key, async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => ends.push(resolve));
        running--;
        return key;
      }),
    );
    for (let ended = 0; ended < 4; ) {
      const end = ends.shift();
      if (end) ended++;
      end?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await Promise.all(loads)).toEqual(['a', 'b', 'c', 'd']);
    expect(most).toBe(2);
  });
});
