import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nothingOn, type PlayerState, PlayerStore } from './player-state.ts';
import { SilenceSkip } from './skip-silence.ts';
import { SleepTimer } from './sleep-timer.ts';
import type { Track } from './track.ts';

const track: Track = {
  kind: 'recording',
  id: 'a',
  title: 'Séance',
  note: '',
  recordingId: 'a',
  durationSeconds: 600,
};

/** A player without an element, whose sound is wherever the test says. */
function quietPlayer(rate = 1) {
  const habits = { rate, volume: 1, isMuted: false, wantedQuality: 'auto' };
  const playing: Partial<PlayerState> = { track, phase: 'playing', durationSeconds: 600 };
  const store = new PlayerStore({ ...nothingOn, ...habits, ...playing });
  const faded: number[] = [];
  const player = {
    seconds: 0,
    faded,
    getState: store.get,
    subscribe: store.subscribe,
    now: () => player.seconds,
    seek: (seconds: number) => player.at(seconds),
    pause: vi.fn(),
    habits: { fade: (part: number) => void faded.push(part) },
    at: (seconds: number) => {
      player.seconds = seconds;
      store.set({ positionSeconds: seconds });
    },
    change: (change: Partial<PlayerState>) => store.set(change),
  };
  return player;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('falls asleep after its minutes: sinks away, pauses, and leaves the volume as it was', () => {
  const player = quietPlayer();
  const timer = new SleepTimer(player);
  timer.afterMinutes(10);
  vi.advanceTimersByTime(9 * 60_000);
  expect(timer.getState()).toEqual({ wanted: 10, leftSeconds: 60 });
  expect(player.faded.every((part) => part === 1)).toBe(true);
  vi.advanceTimersByTime(54_000);
  expect(player.faded.at(-1)).toBeCloseTo(0.25, 1);
  expect(player.pause).not.toHaveBeenCalled();
  vi.advanceTimersByTime(6_000);
  expect(player.pause).toHaveBeenCalledTimes(1);
  expect(player.faded.at(-1)).toBe(1);
  expect(timer.getState().wanted).toBeNull();
});

test('falls asleep where the sound ends, by the time its speed takes', () => {
  const player = quietPlayer(2);
  const timer = new SleepTimer(player);
  player.at(500);
  timer.atPlace('end', 600);
  expect(timer.getState()).toEqual({ wanted: 'end', leftSeconds: 50 });
  player.at(599.8);
  vi.advanceTimersByTime(300);
  expect(player.pause).toHaveBeenCalledTimes(1);
});

test('stays awake when one goes beyond the place, or to another sound', () => {
  const player = quietPlayer();
  const timer = new SleepTimer(player);
  timer.atPlace('chapter', 100);
  player.at(130);
  vi.advanceTimersByTime(300);
  expect(timer.getState().wanted).toBeNull();
  timer.atPlace('end', 600);
  player.change({ track: { ...track, id: 'b' } });
  vi.advanceTimersByTime(300);
  expect(timer.getState().wanted).toBeNull();
  expect(player.pause).not.toHaveBeenCalled();
});

function skipperOf(
  player: ReturnType<typeof quietPlayer>,
  read: () => Promise<{ start: number; end: number }[]>,
) {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  return { skip: new SilenceSkip({ player, storage, read }), kept };
}

test('leaves silences out while wanted, and counts the listener’s own time', async () => {
  const player = quietPlayer(2);
  const { skip, kept } = skipperOf(player, async () => [{ start: 10, end: 20 }]);
  player.at(12);
  expect(player.seconds).toBe(12);
  skip.toggle();
  expect(kept.get('antenne.skip-silence')).toBe('yes');
  await vi.runAllTimersAsync();
  player.at(12);
  expect(player.seconds).toBeCloseTo(19.8);
  expect(skip.getState().savedSeconds).toBeCloseTo(3.9);
  player.change({ phase: 'paused' });
  player.at(12);
  expect(player.seconds).toBe(12);
});

test('hears all of a sound whose silences are not to be had', async () => {
  const player = quietPlayer();
  const { skip } = skipperOf(player, () => Promise.reject(new Error('409')));
  skip.toggle();
  await vi.runAllTimersAsync();
  player.at(12);
  expect(player.seconds).toBe(12);
});
