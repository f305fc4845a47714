import { expect, test } from 'vitest';
import { en } from '../../i18n/en.ts';
import { createTranslate } from '../../i18n/translate.ts';
import { workText } from './work-step.ts';

const t = createTranslate(en, 'en');
const work = (step: 'page' | 'segments' | 'download', done: number | null, total: number | null) =>
  workText({ stage: 'fetch', step, done, total, message: '' }, t, 'en');

test.each([
  [work('page', null, null), 'Reading the page'],
  [work('segments', 12, 80), 'Fetching the segments · 12 of 80 segments'],
  [work('download', 2_500_000, 5_000_000), 'Fetching the file · 2.5 MB of 5 MB'],
  [work('download', 2_500_000, null), 'Fetching the file · 2.5 MB received'],
  [workText(null, t, 'en'), null],
])('%s', (text, expected) => {
  expect(text?.replaceAll('\u00a0', ' ') ?? null).toBe(expected);
});
