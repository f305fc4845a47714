import { describe, expect, test } from 'vitest';
import { downloadStem, fitsWish } from './audio-file.ts';
import { dayOf, silentStatus, soundColumns } from './debat.ts';

describe('a débat follows its recording', () => {
  const waiting = { status: 'extraction', durationMinutes: null } as const;

  test('ready: it plays, and its length is measured when nobody gave one', () => {
    const ready = { status: 'ready', durationMs: 5_431_000 } as const;
    expect(soundColumns(waiting, ready)).toEqual({
      has_audio: true,
      status: 'disponible',
      duration_minutes: 91,
    });
    expect(soundColumns({ ...waiting, durationMinutes: 60 }, ready).duration_minutes).toBe(60);
  });

  test('failed: it shows only while the sound was awaited', () => {
    const failed = { status: 'error', durationMs: null } as const;
    expect(soundColumns(waiting, failed).status).toBe('erreur');
    expect(soundColumns({ ...waiting, status: 'termine' }, failed).status).toBe('termine');
  });

  test.each(['uploading', 'queued', 'processing'] as const)('%s: it waits', (status) => {
    const columns = soundColumns({ ...waiting, status: 'erreur' }, { status, durationMs: null });
    expect(columns).toMatchObject({ has_audio: false, status: 'extraction' });
  });
});

test('without sound a débat is to come or over', () => {
  expect(silentStatus('2026-11-22', '2026-11-21')).toBe('programme');
  expect(silentStatus('2026-11-21', '2026-11-21')).toBe('termine');
});

test('the day is that of the zone', () => {
  const lateEvening = Date.UTC(2026, 10, 21, 23, 30);
  expect([dayOf(lateEvening, null), dayOf(lateEvening, 'Europe/Paris')]).toEqual([
    '2026-11-21',
    '2026-11-22',
  ]);
});

test('a wish fits what it names', () => {
  const file = { format: 'mp3', quality: '192k' };
  expect([
    fitsWish(file, {}),
    fitsWish(file, { format: 'mp3' }),
    fitsWish(file, { quality: '192k' }),
  ]).toEqual([true, true, true]);
  expect([fitsWish(file, { format: 'aac' }), fitsWish(file, { quality: '96k' })]).toEqual([false, false]);
});

test.each([
  ['Questions au gouvernement', '2026-11-21 Questions au gouvernement'],
  ['Budget 2027 : recettes / dépenses', '2026-11-21 Budget 2027 - recettes - dépenses'],
  ['../../etc/passwd', '2026-11-21 etc-passwd'],
  ['???', '2026-11-21 débat'],
  ['😀'.repeat(200), `2026-11-21 ${'😀'.repeat(120)}`],
])('a download of %j is saved as %j', (title, name) => {
  expect(downloadStem('2026-11-21', title)).toBe(name);
});
