import { describe, expect, it } from 'vitest';
import { createBounded, createTurns } from './bounded.ts';

const refuse = () => new Error('full');

/** Work that ends when told to. */
function held() {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const work = (number: number) => () => {
    started.push(number);
    return new Promise<number>((resolve) => ends.push(() => resolve(number)));
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { started, ends, work, settle };
}

describe('createBounded', () => {
  it('runs so many at once, the others in the order they came', async () => {
    const { started, ends, work, settle } = held();
    const run = createBounded({ running: 2, waiting: 10, refuse });
    const all = [1, 2, 3, 4].map((number) => run(work(number)));
    await settle();
    expect(started).toEqual([1, 2]);
    ends[1]?.();
    await settle();
    expect(started).toEqual([1, 2, 3]);
    ends[0]?.();
    ends[2]?.();
    await settle();
    ends[3]?.();
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4]);
  });

  it('refuses when too many wait, and takes work again afterwards', async () => {
    const { ends, work, settle } = held();
    const run = createBounded({ running: 1, waiting: 1, refuse });
    const first = run(work(1));
    const second = run(work(2));
    await expect(run(work(3))).rejects.toThrow('full');
    ends[0]?.();
    await settle();
    ends[1]?.();
    await Promise.all([first, second]);
    const last = run(work(4));
    await settle();
    ends[2]?.();
    expect(await last).toBe(4);
  });

  it('gives the place back after a failure', async () => {
    const run = createBounded({ running: 1, waiting: 0, refuse });
    await expect(run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await run(async () => 'fine')).toBe('fine');
  });
});

describe('createTurns', () => {
  it('makes work on one key wait, and not on another', async () => {
    const { started, ends, work, settle } = held();
    const turns = createTurns({ waiting: 1, refuse });
    const ada = turns('ada', work(1));
    const adaAgain = turns('ada', work(2));
    const bob = turns('bob', work(3));
    await expect(turns('ada', work(4))).rejects.toThrow('full');
    await settle();
    expect(started).toEqual([1, 3]);
    for (const end of ends.splice(0)) end();
    await settle();
    expect(started).toEqual([1, 3, 2]);
    for (const end of ends) end();
    await Promise.all([ada, adaAgain, bob]);
  });
});
