import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasScheme,
  isAddressRange,
  isEmail,
  isHost,
  isHostOrRange,
  isOrigin,
  isTimeZone,
} from './accepts.ts';

const rows: Array<[(value: string) => boolean, string[], string[]]> = [
  [isHost, ['localhost', 'a.example', '10.0.0.1', '::1', 'db_1'], ['', 'a b', 'http://x', '-x', 'a/b']],
  [isTimeZone, ['Europe/Paris', 'UTC'], ['', 'Mars', 'Europe/Pari']],
  [
    isAddressRange,
    ['10.0.0.0/8', '::1', 'fd00::/8', 'loopback'],
    ['10.0.0.0/33', 'a.example', '::1/129', '1.2.3.4/8/8', '1.2.3.4/'],
  ],
  [
    isHostOrRange,
    ['nas.lan', 'nas.lan:8080', '[::1]:81', '10.0.0.0/8', '::1'],
    ['nas.lan:99999', '[nas]:81', 'http://nas', 'a:b'],
  ],
  [
    isOrigin,
    ['https://a.example', 'http://localhost:3000/', '*'],
    ['a.example', 'ftp://a', 'https://a/b', ''],
  ],
  [isEmail, ['a@b', 'first.last@radio.example'], ['', 'a', '@b', 'a@', 'a b@c', '<a@b>']],
];

describe.each(rows)('%o', (accepts, right, wrong) => {
  it('takes what is right and refuses what is not', () => {
    expect(right.filter((value) => !accepts(value))).toEqual([]);
    expect(wrong.filter(accepts)).toEqual([]);
  });

  it('answers for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof accepts(text) === 'boolean'));
  });
});

it('a scheme needs a host, which PostgreSQL may name in its query', () => {
  const schemes = ['postgresql'];
  expect(hasScheme('postgresql://u:p@h/db', schemes)).toBe(true);
  expect(hasScheme('postgresql:///db?host=/run/postgresql', schemes)).toBe(true);
  expect(hasScheme('postgresql:///db', schemes)).toBe(false);
  expect(hasScheme('mysql://h/db', schemes)).toBe(false);
});
