import { describe, expect, test } from 'vitest';
import { formatHttpDate, parseHttpDate } from './http-date.ts';
import { checkIfRange, checkPreconditions } from './preconditions.ts';

const modifiedAt = new Date('2026-03-14T15:09:26.535Z');
const same = 'Sat, 14 Mar 2026 15:09:26 GMT';
const earlier = 'Sat, 14 Mar 2026 15:09:25 GMT';
const later = 'Sat, 14 Mar 2026 15:09:27 GMT';
const is = { etag: '"abc"', modifiedAt };

describe('checkPreconditions', () => {
  test.each<[string, Record<string, string>, 'proceed' | 'not-modified' | 'failed']>([
    ['GET', {}, 'proceed'],
    // If-Match: strong
    ['GET', { 'if-match': '"abc"' }, 'proceed'],
    ['GET', { 'if-match': '*' }, 'proceed'],
    ['GET', { 'if-match': '"x", "abc"' }, 'proceed'],
    ['GET', { 'if-match': '"x"' }, 'failed'],
    ['GET', { 'if-match': 'W/"abc"' }, 'failed'],
    ['GET', { 'if-match': 'abc' }, 'failed'],
    ['GET', { 'if-match': '' }, 'failed'],
    // If-Unmodified-Since, only without If-Match
    ['GET', { 'if-unmodified-since': same }, 'proceed'],
    ['GET', { 'if-unmodified-since': later }, 'proceed'],
    ['GET', { 'if-unmodified-since': earlier }, 'failed'],
    ['GET', { 'if-unmodified-since': 'yesterday' }, 'proceed'],
    ['GET', { 'if-match': '"abc"', 'if-unmodified-since': earlier }, 'proceed'],
    // If-None-Match: weak
    ['GET', { 'if-none-match': '"abc"' }, 'not-modified'],
    ['HEAD', { 'if-none-match': '"abc"' }, 'not-modified'],
    ['GET', { 'if-none-match': 'W/"abc"' }, 'not-modified'],
    ['GET', { 'if-none-match': '*' }, 'not-modified'],
    ['GET', { 'if-none-match': '"x","y" , W/"abc"' }, 'not-modified'],
    ['GET', { 'if-none-match': ',,"abc"' }, 'not-modified'],
    ['GET', { 'if-none-match': '"x"' }, 'proceed'],
    ['GET', { 'if-none-match': '"x" rubbish "abc"' }, 'proceed'],
    ['GET', { 'if-none-match': '"abc' }, 'proceed'],
    ['DELETE', { 'if-none-match': '*' }, 'failed'],
    // If-Modified-Since, only without If-None-Match
    ['GET', { 'if-modified-since': same }, 'not-modified'],
    ['GET', { 'if-modified-since': later }, 'not-modified'],
    ['GET', { 'if-modified-since': earlier }, 'proceed'],
    ['GET', { 'if-modified-since': '2026-03-15' }, 'proceed'],
    ['GET', { 'if-none-match': '"x"', 'if-modified-since': later }, 'proceed'],
    ['DELETE', { 'if-modified-since': later }, 'proceed'],
    // the order
    ['GET', { 'if-match': '"x"', 'if-none-match': '"abc"' }, 'failed'],
    ['GET', { 'if-match': '"abc"', 'if-none-match': '"abc"' }, 'not-modified'],
    ['GET', { 'if-unmodified-since': earlier, 'if-modified-since': later }, 'failed'],
  ])('%s %j → %s', (method, headers, expected) => {
    expect(checkPreconditions(method, headers, is)).toBe(expected);
  });

  test('a tag with a comma in it is one tag', () => {
    const odd = { etag: '"a,b"', modifiedAt };
    expect(checkPreconditions('GET', { 'if-none-match': '"x", "a,b"' }, odd)).toBe('not-modified');
    expect(checkPreconditions('GET', { 'if-none-match': '"a", "b"' }, odd)).toBe('proceed');
  });
});

describe('checkIfRange', () => {
  const minuteLater = modifiedAt.getTime() + 60_000;
  test.each<[string | undefined, boolean]>([
    [undefined, true],
    ['"abc"', true],
    [' "abc" ', true],
    ['W/"abc"', false],
    ['"x"', false],
    ['"abc", "x"', false],
    ['*', false],
    [same, true],
    [later, false],
    [earlier, false],
    ['', false],
    ['soon', false],
  ])('%j → %s', (header, expected) => {
    expect(checkIfRange(header, is, minuteLater)).toBe(expected);
  });

  test('a weak tag of ours never matches, and a date of this very second is weak', () => {
    expect(checkIfRange('W/"abc"', { etag: 'W/"abc"', modifiedAt }, minuteLater)).toBe(false);
    expect(checkIfRange(same, is, modifiedAt.getTime() + 999)).toBe(false);
    expect(checkIfRange(same, is, modifiedAt.getTime() + 1000)).toBe(true);
  });
});

describe('dates', () => {
  const now = Date.UTC(2026, 0, 1);
  test.each<[string, string | null]>([
    ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37.000Z'],
    ['Tuesday, 06-Nov-76 08:49:37 GMT', '2076-11-06T08:49:37.000Z'],
    ['Tuesday, 06-Nov-77 08:49:37 GMT', '1977-11-06T08:49:37.000Z'],
    ['Sat, 31 Dec 2016 23:59:60 GMT', '2017-01-01T00:00:00.000Z'],
    ['Sun, 31 Feb 2026 00:00:00 GMT', null],
    ['Sun, 06 Nov 1994 24:00:00 GMT', null],
    ['Sun, 06 Nov 1994 08:49:37 CET', null],
    ['Sun, 6 Nov 1994 08:49:37 GMT', null],
    ['sun, 06 nov 1994 08:49:37 gmt', null],
    ['1994-11-06', null],
    ['0', null],
    ['', null],
  ])('%j → %s', (text, expected) => {
    const ms = parseHttpDate(text, now);
    expect(ms === null ? null : new Date(ms).toISOString()).toBe(expected);
  });

  test('what we write we read', () => {
    expect(parseHttpDate(formatHttpDate(modifiedAt))).toBe(Math.floor(modifiedAt.getTime() / 1000) * 1000);
  });
});
