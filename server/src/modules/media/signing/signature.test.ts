import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkSignature, makeSignature } from './signature.ts';

const KEY = 'a key';
const ID = '01941f29-7c00-7aaa-8aaa-0123456789ab';
const NOW_MS = 1_800_000_000_000;
const NOW = NOW_MS / 1000;

const signed = (expires: number | string, sig = makeSignature(KEY, ID, expires)) => ({
  expires: String(expires),
  sig,
});
const check = (given: { expires?: string; sig?: string }, id = ID) => checkSignature(KEY, id, given, NOW_MS);

describe('checkSignature', () => {
  test('is the documented HMAC, so that any back end can make one', () => {
    const sig = createHmac('sha256', KEY)
      .update(`${ID}|${NOW + 10}`)
      .digest('hex');
    expect(check({ expires: String(NOW + 10), sig })).toBe('valid');
    expect(check({ expires: String(NOW + 10), sig: sig.toUpperCase() })).toBe('valid');
    expect(check({ expires: String(NOW + 10), sig }, ID.toUpperCase())).toBe('valid');
  });

  test('lives until 60 s past its time, and no longer', () => {
    expect(check(signed(NOW - 60))).toBe('valid');
    expect(check(signed(NOW - 61))).toBe('late');
  });

  test('a change of time, id, key or one digit is wrong, late or not', () => {
    const good = signed(NOW + 10);
    expect(check({ ...good, expires: String(NOW + 11) })).toBe('wrong');
    expect(check(good, ID.replace('01', '02'))).toBe('wrong');
    expect(checkSignature('another key', ID, good, NOW_MS)).toBe('wrong');
    const flipped = good.sig.startsWith('0') ? `1${good.sig.slice(1)}` : `0${good.sig.slice(1)}`;
    expect(check({ ...good, sig: flipped })).toBe('wrong');
    expect(check({ expires: '1', sig: flipped })).toBe('wrong');
  });

  test.each(['', '0x7fffffff', '1e12', '-1', ' 1800000000', '18000000000000000', 'NaN', 'Infinity'])(
    'expires %j is wrong even when signed',
    (expires) => {
      expect(check(signed(expires))).toBe('wrong');
    },
  );

  test.each(['', 'zz', 'a'.repeat(63), 'a'.repeat(65), `${'a'.repeat(63)}é`])(
    'sig %j is wrong, not a crash',
    (sig) => {
      expect(check({ expires: String(NOW + 10), sig })).toBe('wrong');
    },
  );

  test('half of it is incomplete', () => {
    expect(check({ expires: String(NOW) })).toBe('incomplete');
    expect(check({ sig: 'x' })).toBe('incomplete');
    expect(check({})).toBe('incomplete');
  });
});
