import fc from 'fast-check';
import { asText, misfitting } from './hostile-values.ts';

const DEEP = 20_000;

/** Texts of a body that no value is written as. */
const BODIES = [
  '',
  '{',
  '{"a":',
  '[1,2',
  '"\ud800"',
  'null',
  'NaN',
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  '{"title":"a","title":1}',
  '{"title":1e999}',
  '\ufeff{}',
  '{"title":"\u0000"}',
  '{"title":"\\u0000"}',
  "{'title':1}",
  'title=a&title=b&__proto__[x]=1',
  '--b\r\ncontent-disposition: form-data; name="file"; filename="../../x"\r\n\r\nRIFF\r\n--b--\r\n',
  '--b\r\ncontent-disposition: form-data; name="file"\r\n\r\nnot a file\r\n--b--\r\n',
  '--b\r\ncontent-disposition: form-data; name="__proto__"\r\n\r\nx\r\n--b--\r\n',
  '--b\r\n\r\n\r\n--b--',
  '--b',
  `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  `{"title":"${'x'.repeat(1_100_000)}"}`,
] as const;

const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'application/JSON;;;=',
  'application/merge-patch+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=b',
  `multipart/form-data; boundary=${'b'.repeat(300)}`,
  'text/plain',
  'text/xml',
  '/',
  ';',
  'a'.repeat(2_000),
] as const;

export interface Body {
  type: string | null;
  bytes: Buffer;
}

/** A body for the schema, for the form or JSON that the address takes, and for what it does not. */
export function body(fits: fc.Arbitrary<unknown>, usualType: string): fc.Arbitrary<Body> {
  const value = fc.oneof({ weight: 2, arbitrary: fits }, { weight: 1, arbitrary: misfitting(fits) });
  return fc.oneof(
    { weight: 9, arbitrary: value.map((each) => ({ type: usualType, bytes: write(each, usualType) })) },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.option(fc.constantFrom(...TYPES)),
        bytes: fc.oneof(
          fc.constantFrom(...BODIES).map((each) => Buffer.from(each)),
          value.map((each) => write(each, 'application/json')),
          fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each)),
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...BODIES)
        .map((each) => ({ type: usualType || 'application/json', bytes: Buffer.from(each) })),
    },
  );
}

function write(value: unknown, type: string): Buffer {
  if (type === 'multipart/form-data; boundary=b') return writeForm(value);
  if (type !== 'application/x-www-form-urlencoded') return Buffer.from(JSON.stringify(value) ?? '');
  const form = new URLSearchParams();
  for (const [name, each] of Object.entries(Object(value))) form.append(name, asText(each));
  return Buffer.from(form.toString());
}

function writeForm(value: unknown): Buffer {
  const parts = Object.entries(Object(value)).map(([name, each]) => {
    const file = name === 'file' ? '; filename="a.wav"' : '';
    return `--b\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n${asText(each)}\r\n`;
  });
  return Buffer.from(`${parts.join('')}--b--\r\n`);
}
