import { expect, test } from 'vitest';
import { canRecover, maxRecoveries, recoveryDelayMs } from './recovery.ts';
import { createSavedPositions } from './saved-positions.ts';
import { expiryOf, isStale, trackPath } from './track.ts';

function memoryStorage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (key) => kept.get(key) ?? null,
    key: (index) => [...kept.keys()][index] ?? null,
    removeItem: (key) => void kept.delete(key),
    setItem: (key, value) => void kept.set(key, value),
  };
}

test('an address tells when its signature ends', () => {
  expect(expiryOf('/api/debats/x/audio?expires=1800000000&sig=ab')).toBe(1_800_000_000);
  expect(expiryOf('/api/debats/x/audio')).toBeNull();
});

test('a source is stale a little before its end', () => {
  const source = { expiresAt: 1000 };
  expect(isStale(source, 970_000)).toBe(false);
  expect(isStale(source, 985_000)).toBe(true);
  expect(isStale({ expiresAt: null }, 9e15)).toBe(false);
});

test('tracks have their page', () => {
  expect(trackPath({ kind: 'debat', id: 'a' })).toBe('/archive/a');
  expect(trackPath({ kind: 'recording', id: 'b' })).toBe('/recordings/b');
});

test('waiting grows and is bounded; a lost network has more tries than broken sound', () => {
  expect([1, 2, 3, 4].map(recoveryDelayMs)).toEqual([500, 1000, 2000, 4000]);
  expect(recoveryDelayMs(30)).toBe(15_000);
  expect(canRecover(2, maxRecoveries - 1)).toBe(true);
  expect(canRecover(2, maxRecoveries)).toBe(false);
  expect(canRecover(4, 1)).toBe(true);
  expect(canRecover(4, 2)).toBe(false);
  expect(canRecover(1, 0)).toBe(false);
});

test('a place is kept, and forgotten near the start and the end', () => {
  const positions = createSavedPositions(memoryStorage());
  positions.save('debat:a', 120, 600);
  expect(positions.get('debat:a')).toBe(120);
  positions.save('debat:a', 590, 600);
  expect(positions.get('debat:a')).toBeNull();
  positions.save('debat:a', 4, 600);
  expect(positions.get('debat:a')).toBeNull();
});

test('only the newest places are kept, and broken storage is no obstacle', () => {
  const storage = memoryStorage();
  let now = 0;
  const positions = createSavedPositions(storage, () => (now += 1));
  for (let index = 0; index < 220; index += 1) positions.save(`debat:${index}`, 100, 600);
  expect(positions.get('debat:0')).toBeNull();
  expect(positions.get('debat:219')).toBe(100);
  storage.setItem('antenne.positions', '{oops');
  expect(positions.get('debat:219')).toBeNull();
});
