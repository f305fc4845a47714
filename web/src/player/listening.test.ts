import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinFine, needsFine, pointsOf, rangesOf, readFine, stretchesOf } from './fine-peaks.ts';
import { storedHabits } from './habits.ts';
import { codecToPlay, levelName, lighterElsewhere } from './hls-levels.ts';
import { stepAmong } from './landmarks.ts';
import { streamedQualities } from './open-track.ts';
import { leapFrom } from './silences.ts';
import { fadeAt } from './sleep-timer.ts';

const silences = [
  { start: 10, end: 14 },
  { start: 20, end: 20.6 },
  { start: 30, end: 90 },
];

test('a silence is left after a breath, and a breath before the sound', () => {
  expect(leapFrom(silences, 9)).toBeNull();
  expect(leapFrom(silences, 10.1)).toBeNull();
  expect(leapFrom(silences, 10.3)).toBeCloseTo(13.8);
  expect(leapFrom(silences, 13.7)).toBeNull();
  expect(leapFrom(silences, 20.3)).toBeNull();
  expect(leapFrom(silences, 60)).toBeCloseTo(89.8);
  expect(leapFrom([], 5)).toBeNull();
});

test('a leap always goes forward, stays within its silence, and is not followed by another', () => {
  const gaps = fc.array(
    fc.tuple(fc.double({ min: 0.1, max: 60, noNaN: true }), fc.double({ min: 0.5, max: 60, noNaN: true })),
  );
  fc.assert(
    fc.property(gaps, fc.double({ min: 0, max: 5000, noNaN: true }), (pairs, seconds) => {
      let at = 0;
      const list = pairs.map(([sound, silence]) => {
        const start = at + sound;
        at = start + silence;
        return { start, end: at };
      });
      const landing = leapFrom(list, seconds);
      if (landing === null) return;
      expect(landing).toBeGreaterThan(seconds);
      expect(list.some(({ start, end }) => start <= seconds && landing <= end)).toBe(true);
      expect(leapFrom(list, landing)).toBeNull();
    }),
  );
});

test('keys step from word to word, and back past the one that has just begun', () => {
  const starts = [1, 2, 3];
  expect(stepAmong(starts, 0, 1)).toBe(1);
  expect(stepAmong(starts, 2, 1)).toBe(3);
  expect(stepAmong(starts, 3, 1)).toBeNull();
  expect(stepAmong(starts, 3.1, -1)).toBe(2);
  expect(stepAmong(starts, 3.9, -1)).toBe(3);
  expect(stepAmong(starts, 1, -1)).toBeNull();
});

test('streaming is worth it where there are several qualities to choose from', () => {
  const file = (
    format: 'mp3' | 'aac' | 'opus' | 'wav',
    quality: string,
    normalised: number | null = null,
  ) => ({
    format,
    quality,
    normalised,
  });
  const mp3 = file('mp3', '192k');
  expect(streamedQualities([mp3, file('wav', 'lossless')])).toBe(1);
  expect(streamedQualities([mp3, file('aac', '160k')])).toBe(1);
  expect(streamedQualities([mp3, file('aac', '64k')])).toBe(2);
  expect(streamedQualities([mp3, file('opus', '64k')])).toBe(1);
  expect(streamedQualities([mp3, file('aac', '64k', -16)])).toBe(1);
});

test('habits are kept, and nonsense in their place is no habit', () => {
  const kept = (values: Record<string, string>) =>
    storedHabits({
      getItem: (key) => values[key] ?? null,
      setItem: () => undefined,
      removeItem: () => undefined,
    });
  expect(kept({})).toEqual({ rate: 1, volume: 1, isMuted: false, wantedQuality: 'auto' });
  const told = { 'antenne.rate': '1.5', 'antenne.volume': '0.4 muted', 'antenne.quality': 'low' };
  expect(kept(told)).toEqual({ rate: 1.5, volume: 0.4, isMuted: true, wantedQuality: 'low' });
  expect(kept({ 'antenne.rate': '17', 'antenne.volume': 'loud' })).toMatchObject({ rate: 1, volume: 1 });
});

test('sound sinks away before sleep', () => {
  expect(fadeAt(60)).toBe(1);
  expect(fadeAt(6)).toBeCloseTo(0.25);
  expect(fadeAt(0)).toBe(0);
  expect(fadeAt(-3)).toBe(0);
});

test('a stream plays one codec: that of the quality asked for, else the one with the most room', () => {
  const level = (name: string, bitrate: number, codec: string) => ({ name, bitrate, codec });
  const levels = [level('medium', 192e3, 'mp3'), level('low', 128e3, 'aac'), level('mobile', 64e3, 'aac')];
  expect(codecToPlay(levels, null)).toBe('aac');
  expect(codecToPlay(levels, 'medium')).toBe('mp3');
  expect(codecToPlay(levels, 'high')).toBe('aac');
  expect(codecToPlay(levels.slice(0, 2), null)).toBe('mp3');
  expect(codecToPlay([], null)).toBeNull();
  expect(lighterElsewhere(levels, 'mp3')).toBe('low');
  expect(lighterElsewhere(levels, 'aac')).toBeNull();
  expect(levelName('https://radio.example/hls/x/medium/playlist.m3u8?expires=1/2')).toBe('medium');
});

test('the finest waveform is read in stretches, peaks and RMS apart', () => {
  expect(needsFine({ from: 0, to: 120 }, 120)).toBe(false);
  expect(needsFine({ from: 0, to: 10 }, 3600)).toBe(true);
  expect(needsFine({ from: 0, to: 900 }, 43_200)).toBe(false);
  expect(stretchesOf({ from: 290, to: 310 })).toEqual([0, 1]);
  expect(stretchesOf({ from: 300, to: 600 })).toEqual([1]);
  const header = new DataView(new ArrayBuffer(24));
  [2, 1, 48_000, 480, 40_000, 1].forEach((value, at) => {
    header.setInt32(at * 4, value, true);
  });
  expect(pointsOf(header.buffer)).toBe(40_000);
  expect(pointsOf(new ArrayBuffer(24))).toBeNull();
  expect(pointsOf(new ArrayBuffer(3))).toBeNull();
  expect(rangesOf(1, 40_000)).toEqual({
    span: { from: 300, to: 400 },
    peaks: [24 + 60_000, 24 + 80_000 - 1],
    rms: [24 + 80_000 + 30_000, 24 + 80_000 + 40_000 - 1],
  });
  expect(rangesOf(2, 40_000)).toBeNull();
  const span = { from: 0, to: 0.02 };
  const fine = readFine(span, new Int8Array([-128, 5, -1, 64]).buffer, new Uint8Array([255, 0]).buffer);
  expect(fine).toEqual({ span, peaks: [1, 0.5], rms: [1, 0] });
  expect(joinFine([fine, { ...fine, span: { from: 0.02, to: 0.04 } }])?.span).toEqual({ from: 0, to: 0.04 });
});
