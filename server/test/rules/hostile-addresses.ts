import fc from 'fast-check';
import { asText, fitting, type Schema, text } from './hostile-values.ts';

/** Pieces of a path as they go on the wire; `~` stands for an id that exists. */
const SEGMENTS = [
  '~%00',
  '~%20',
  '{~}',
  'x',
  '%00',
  '..',
  '%2e%2e',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '..%5c..%5c',
  '%c0%ae%c0%ae',
  '%ed%a0%80',
  '%ff%fe',
  '%zz',
  '%',
  '%u0041',
  '%0d%0aset-cookie:a=b',
  '%e2%80%ae',
  '%25%32%66',
  '\u00e9\u00ff',
  "1'--",
  '*',
  ':id',
  '..;',
  'x'.repeat(499),
  'x'.repeat(501),
  'x'.repeat(6_000),
  '0198c0de-0000-7000-8000-0000000000ff',
  '0198C0DE-0000-7000-8000-0000000000FF',
] as const;

/** One hostile piece of a path, with the id put in its place. */
export const segment = (ids: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.oneof(
        { weight: 2, arbitrary: fc.constant('~') },
        { weight: 1, arbitrary: fc.constantFrom(...SEGMENTS) },
      ),
      fc.constantFrom(...ids),
    )
    .map(([piece, id]) => piece.replace('~', id));

const QUERIES = [
  '&&&',
  '=',
  '==&=',
  '%',
  '%00=%00',
  'page=1&page=2',
  'page[]=1',
  'page[x]=1',
  'page=%EF%BC%91',
  'page=1;per_page=2',
  '__proto__[a]=1&__proto__=2&constructor=3',
  'q=%c0%ae%ff',
  'q=%ed%a0%80',
  'q=%00',
  `q=${'x'.repeat(9_000)}`,
  `${'a=1&'.repeat(1_500)}`,
  'expires=99999999999999999999&sig=x',
  'expires=-1&sig=%00',
  `expires=2000000000&sig=${'0'.repeat(64)}`,
  'expires=1e9&expires=2&sig=a&sig=b',
  '?',
  '#',
] as const;

/** A query of the names that the address knows, twice the same among them, or of anything. */
export function query(params: Record<string, Schema>): fc.Arbitrary<string> {
  const known = Object.entries(params).map(([name, schema]) =>
    fc
      .oneof(
        { weight: 4, arbitrary: fitting(schema, {}, ['0198c0de-0000-7000-8000-0000000000ff']) },
        { weight: 1, arbitrary: text },
      )
      .map((value) => `${name}=${encodeURIComponent(asText(value).toWellFormed())}`),
  );
  const odd = fc.constantFrom(...QUERIES);
  if (known.length === 0) return fc.oneof({ weight: 3, arbitrary: fc.constant('') }, odd);
  const pairs = fc.array(fc.oneof(...known), { maxLength: 5 }).map((each) => each.join('&').slice(0, 12_000));
  return fc.oneof({ weight: 4, arbitrary: pairs }, { weight: 1, arbitrary: odd });
}

const HEADERS: readonly (readonly [string, string])[] = [
  ['range', 'bytes=0-'],
  ['range', 'bytes=-0'],
  ['range', 'bytes=5-2'],
  ['range', 'bytes=99999999999999999999-'],
  ['range', `bytes=${'0-0,'.repeat(1_500)}0-0`],
  ['range', 'elephants=1-2'],
  ['range', 'bytes=a-b'],
  ['if-range', '"x"'],
  ['if-range', 'yesterday'],
  ['if-none-match', '*'],
  ['if-none-match', '"a", W/"b", c,,,"'],
  ['if-match', '"nothing"'],
  ['if-match', '\u00ff'],
  ['if-modified-since', 'yesterday'],
  ['if-modified-since', 'Sat, 32 Foo 99999 25:61:61 GMT'],
  ['if-unmodified-since', 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ['cookie', `a=${'b'.repeat(8_000)}`],
  ['cookie', '=; ;;; a; =b; "'],
  ['cookie', 'antenne_refresh=%00%ff; __proto__=1'],
  ['cookie', `big=${'b'.repeat(20_000)}`],
  ['accept', '*/*;q=nope, ,'],
  ['accept-encoding', 'br;q=2, gzip;;, *'],
  ['accept-language', 'x'.repeat(3_000)],
  ['content-encoding', 'gzip'],
  ['content-language', '\u00ff'],
  ['expect', '100-continue'],
  ['expect', 'miracles'],
  ['origin', 'null'],
  ['origin', 'https://elsewhere.example'],
  ['access-control-request-method', 'x'],
  ['x-forwarded-for', ', ,, 999.1.1.1, ::::'],
  ['x-forwarded-host', '"><'],
  ['x-forwarded-proto', 'gopher'],
  ['x-request-id', '\u00ff'.repeat(100)],
  ['x-http-method-override', 'DELETE'],
  ['idempotency-key', 'one and the same'],
  ['idempotency-key', 'the-same'],
  ['idempotency-key', ''],
  ['upgrade', 'websocket'],
  ['upgrade', 'h2c'],
  ['authorization', 'Bearer'],
  ['authorization', 'Bearer a.b.c'],
  ['authorization', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.'],
  ['authorization', `Bearer ${'x'.repeat(7_000)}`],
  ['authorization', 'Basic %%%'],
  ['host', ''],
  ['host', '[::1'],
  ['host', 'a:99999999'],
];

/** Some odd headers, mostly none; a second one of a name stands beside the first. */
export const headers: fc.Arbitrary<readonly (readonly [string, string])[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...HEADERS), { minLength: 1, maxLength: 3 }) },
);
