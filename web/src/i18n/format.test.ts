import { expect, test } from 'vitest';
import { formatBytes, formatDay, formatDelay, formatLength, formatList, formatPercent } from './format.ts';

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

test('a day is the same day everywhere', () => {
  expect(formatDay('2026-11-01', 'fr')).toBe('1 nov. 2026');
  expect(formatDay('2026-11-01', 'en')).toBe('1 Nov 2026');
  expect(formatDay('2026-11-01', 'fr', 'long')).toBe('dimanche 1 novembre 2026');
  expect(formatDay('unknown', 'fr')).toBe('unknown');
});

test('sizes are in the units of the language', () => {
  expect(plain(formatBytes(0, 'fr'))).toBe('0 o');
  expect(plain(formatBytes(1_250_000, 'fr'))).toBe('1,3 Mo');
  expect(plain(formatBytes(38_400_000, 'fr'))).toBe('38 Mo');
  expect(plain(formatBytes(2_000_000_000, 'en'))).toBe('2 GB');
});

test('lengths and delays are what one would say', () => {
  expect(plain(formatLength(40, 'fr'))).toBe('40 s');
  expect(plain(formatLength(3780, 'fr'))).toBe('1 h 3 min');
  expect(plain(formatLength(7200, 'fr'))).toBe('2 h');
  expect(plain(formatDelay(40, 'fr'))).toBe('dans 40 secondes');
  expect(plain(formatDelay(600, 'en'))).toBe('in 10 minutes');
});

test('percents and lists follow the language', () => {
  expect(plain(formatPercent(42, 'fr'))).toBe('42 %');
  expect(formatPercent(42, 'en')).toBe('42%');
  expect(formatList(['Anne', 'Luc', 'Zoé'], 'fr')).toBe('Anne, Luc et Zoé');
});
