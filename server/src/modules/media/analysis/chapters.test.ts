import { expect, test } from 'vitest';
import { plainNote } from '../extraction/work-note.ts';
import { settleChapters } from './chapters.ts';

test('chapters are in order, apart, inside the sound, and end where the next begins', () => {
  const marks = [
    { startMs: 5000, endMs: null, title: 'Three' },
    { startMs: 0, endMs: null, title: ' One\n\u202e' },
    { startMs: 1000, endMs: 2000, title: 'Two' },
    { startMs: 1000, endMs: null, title: 'Two again' },
    { startMs: 3000, endMs: null, title: '\0 ' },
    { startMs: 10_000, endMs: null, title: 'Behind the end' },
    { startMs: -1, endMs: null, title: 'Before it' },
  ];
  expect(settleChapters(marks, 9000)).toEqual([
    { startMs: 0, endMs: 1000, title: 'One' },
    { startMs: 1000, endMs: 2000, title: 'Two' },
    { startMs: 5000, endMs: 9000, title: 'Three' },
  ]);
});

test.each([
  [{ step: 'page', done: null, total: null } as const, 'Reading the page'],
  [{ step: 'segments', done: 12, total: 80 } as const, 'Fetching 12 of 80 segments'],
  [{ step: 'download', done: 12_000_000, total: 80_000_000 } as const, 'Fetching the file, 12.0 of 80.0 MB'],
  [{ step: 'site', done: 500_000, total: null } as const, 'Fetching through yt-dlp, 0.5 MB so far'],
])('%o is told as “%s”', (note, sentence) => {
  expect(plainNote(note)).toBe(sentence);
});
