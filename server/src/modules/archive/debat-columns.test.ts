import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanJson, cleanLine, cleanParagraphs } from './clean-text.ts';
import { orderFaults, readColumns, statusFaults } from './debat-columns.ts';

const faultsOf = (body: Parameters<typeof readColumns>[0]) =>
  readColumns(body).faults.map((fault) => fault.field);

describe('what a body names becomes columns', () => {
  test('and what it does not name is absent', () => {
    expect(readColumns({})).toEqual({ columns: {}, faults: [] });
    expect(readColumns({ salle: 'Salle 1' }).columns).toEqual({ salle: 'Salle 1' });
  });

  test('texts are cleaned, blank ones become null', () => {
    const { columns } = readColumns({
      title: '  Séance\u0000 du\tmatin ',
      description: ' un\r\ndeux\u0007 ',
      commission: '   ',
      salle: null,
    });
    expect(columns).toEqual({
      title: 'Séance  du matin',
      description: 'un\ndeux',
      commission: null,
      salle: null,
    });
  });

  test('names are cleaned, blank and repeated ones dropped', () => {
    expect(readColumns({ speakers: [' Ana ', 'Ana', '  ', 'Léo'] }).columns.speakers).toBe('["Ana","Léo"]');
  });

  test('times without a zone are UTC', () => {
    const start = (text: string) => readColumns({ start_time: text }).columns.start_time;
    expect(start('2026-01-02T14:00:00')).toEqual(new Date('2026-01-02T14:00:00Z'));
    expect(start('2026-01-02 14:00')).toEqual(new Date('2026-01-02T14:00:00Z'));
    expect(start('2026-01-02T14:00:00.5+02:00')).toEqual(new Date('2026-01-02T12:00:00.5Z'));
    expect(start('')).toBeNull();
  });
});

describe('faults', () => {
  test.each([
    ['a blank title', { title: ' \u0000 ' }, 'title'],
    ['a date out of bounds', { date: '0000-01-01' }, 'date'],
    ['a time that is none', { start_time: 'demain' }, 'start_time'],
    ['a day that is not in the calendar', { end_time: '2026-02-30T10:00:00Z' }, 'end_time'],
    ['a month that is not in the calendar', { end_time: '2026-13-01T10:00:00Z' }, 'end_time'],
    ['an hour that is none', { end_time: '2026-01-01T25:00:00Z' }, 'end_time'],
    ['a far future', { start_time: '9999-01-01T00:00:00Z' }, 'start_time'],
    ['half an address', { source_url: 'videos.example.org/1' }, 'source_url'],
    ['an address of another kind', { video_url: 'javascript:alert(1)' }, 'video_url'],
    ['an address with a password', { thumbnail_url: 'https://a:b@example.org/1' }, 'thumbnail_url'],
    ['metadata that nests too deep', { metadata: { a: [[[[[[[[[[1]]]]]]]]]] } }, 'metadata'],
    ['metadata that is too long', { metadata: { a: 'é'.repeat(20_000) } }, 'metadata'],
  ])('%s', (_name, body, field) => {
    expect(faultsOf(body)).toEqual([field]);
  });

  test('all are named at once', () => {
    expect(faultsOf({ title: ' ', date: '0000-01-01', source_url: 'x' })).toEqual([
      'title',
      'source_url',
      'date',
    ]);
  });

  test('a débat must not end before it begins; equal is fine, open ends too', () => {
    const [early, late] = [new Date(1), new Date(2)];
    expect(orderFaults(late, early).map((fault) => fault.field)).toEqual(['end_time']);
    expect([orderFaults(early, late), orderFaults(early, early), orderFaults(null, early)].flat()).toEqual(
      [],
    );
  });

  test('extraction is no status to set, only to send back', () => {
    expect(statusFaults('extraction', 'programme')).toHaveLength(1);
    expect([statusFaults('extraction', 'extraction'), statusFaults('termine', null)].flat()).toEqual([]);
  });
});

describe('whatever comes, what is kept can be stored', () => {
  const isStorable = (text: string) => !text.includes('\u0000') && text.isWellFormed();
  const anyText = fc.string({ unit: 'binary' });

  test('as text', () => {
    fc.assert(
      fc.property(anyText, (text) => isStorable(cleanLine(text)) && isStorable(cleanParagraphs(text))),
    );
  });

  test('as JSON', () => {
    const anyJson = fc.jsonValue({ stringUnit: 'binary' });
    fc.assert(
      fc.property(anyJson, (value) => !/\\u0000|\\ud[89a-f]/i.test(JSON.stringify(cleanJson(value)))),
    );
  });

  test('as times', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyText, fc.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})?$/)),
        (text) => {
          const { columns, faults } = readColumns({ start_time: text });
          const time = columns.start_time;
          return (
            faults.length > 0 || time === null || (time instanceof Date && !Number.isNaN(time.getTime()))
          );
        },
      ),
    );
  });
});
