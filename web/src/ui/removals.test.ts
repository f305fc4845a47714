import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createNotices } from './notices.ts';
import { createRemovals } from './removals.ts';

const words = { said: 'Supprimé.', undo: 'Annuler' };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is taken is hidden at once, and removed when nobody thinks again', async () => {
  const notices = createNotices();
  const removals = createRemovals(notices, () => undefined);
  const remove = vi.fn(async () => undefined);
  removals.take('a', words, remove);
  expect([...removals.getState()]).toEqual(['a']);
  expect(remove).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(8000);
  expect(remove).toHaveBeenCalledOnce();
  expect([...removals.getState()]).toEqual([]);
  expect(notices.getState()).toEqual([]);
});

test('what is brought back was never removed', async () => {
  const notices = createNotices();
  const removals = createRemovals(notices, () => undefined);
  const remove = vi.fn(async () => undefined);
  removals.take('a', words, remove);
  notices.getState()[0]?.action?.act();
  expect([...removals.getState()]).toEqual([]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(remove).not.toHaveBeenCalled();
});

test('a refusal is told, and the thing is there again', async () => {
  const told: unknown[] = [];
  const removals = createRemovals(createNotices(), (problem) => told.push(problem));
  removals.take('a', words, async () => {
    throw new Error('no');
  });
  await vi.advanceTimersByTimeAsync(8000);
  expect(told).toEqual([new Error('no')]);
  expect([...removals.getState()]).toEqual([]);
});
