import fc from 'fast-check';

/** The part of JSON Schema that the contract is written in. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

/** Texts that have broken programs before. */
const TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\u202e\u2066gnp.exe',
  'שלום عليكم',
  '\ufeff',
  'İıſßǅ',
  '👩‍👩‍👧‍👦'.repeat(60),
  'e\u0301'.repeat(300),
  'x'.repeat(600),
  'x'.repeat(30_000),
  "' or 1=1 --",
  '\\',
  '%',
  '%_\\%',
  '$1',
  '#{7*7}{{7*7}}',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  'C:\\boot.ini',
  '\r\nset-cookie: a=b',
  '-1',
  '1e999',
  'NaN',
  '0x10',
  '9007199254740993',
  'null',
  'undefined',
  '[object Object]',
  '__proto__',
  'constructor',
  '2026-02-30',
  '0000-00-00',
  '+275760-09-13T00:00:00.001Z',
  '2026-01-02T25:61:61Z',
  'infinity',
  'http://[',
  'http://127.0.0.1:1/a.mp3',
  'javascript:alert(1)',
  '00000000-0000-0000-0000-000000000000',
] as const;

/** Any text, lone surrogates and controls among them. */
export const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
      .map((codes) => String.fromCharCode(...codes)),
  },
);

const NUMBERS = [
  0,
  -0,
  -1,
  0.5,
  1e21,
  -1e308,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 63,
  Number.MIN_VALUE,
] as const;
const number = fc.oneof(
  fc.constantFrom(...NUMBERS),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Any JSON value, of any type. */
const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  text,
  number,
  fc.constantFrom(true, false, null),
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(text, { maxLength: 4 }),
  fc.array(fc.constant(1), { minLength: 500, maxLength: 1_000, size: 'max' }),
  fc.dictionary(text, number, { maxKeys: 4 }),
  fc.constant({}),
  fc.constantFrom(10, 200, 3_000).map((depth) => nest(depth)),
);

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value };
  return value;
}

/** Values that mostly fit the schema: they pass the first gate, and are odd behind it. */
export function fitting(
  schema: Schema,
  shared: Record<string, Schema>,
  ids: readonly string[],
): fc.Arbitrary<unknown> {
  const inner = (each: Schema) => fitting(each, shared, ids);
  if (schema.$ref) return inner(shared[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(inner));
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => inner({ ...schema, type })));
  if (schema.type === 'string') return fittingText(schema, ids);
  if (schema.type === 'integer' || schema.type === 'number') return fittingNumber(schema);
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'null') return fc.constant(null);
  if (schema.type === 'array') {
    const { minItems: minLength = 0, maxItems = 4 } = schema;
    return fc.array(inner(schema.items ?? {}), {
      minLength,
      maxLength: Math.max(minLength, Math.min(4, maxItems)),
    });
  }
  if (schema.type !== 'object') return anyJson;
  if (!schema.properties) return fc.dictionary(text, anyJson, { maxKeys: 3 });
  return fittingObject(schema.properties, schema.required ?? [], inner);
}

/** What must be there and a few of what may: were all of them odd, hardly any would be let in. */
function fittingObject(
  properties: Record<string, Schema>,
  required: string[],
  inner: (schema: Schema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  return fc.subarray(optional, { maxLength: Math.min(3, optional.length) }).chain((some) => {
    const names = [...required, ...some];
    return fc.record(Object.fromEntries(names.map((name) => [name, inner(properties[name] ?? {})])));
  });
}

/** What the patterns and the checks by hand let pass: without them nothing would be seen behind the first gate. */
const PLAUSIBLE = [
  'a@b.example',
  'a long password for tests',
  'somebody',
  'un-nom',
  '2026-01-02T03:04:05Z',
  'http://127.0.0.1:1/a.mp3',
  'mp3',
  '192k',
  'fr',
] as const;

function fittingText({ format, minLength = 0, maxLength = 40_000 }: Schema, ids: readonly string[]) {
  if (format === 'uuid') return fc.constantFrom(...ids, '0198c0de-0000-7000-8000-0000000000ff');
  if (format === 'date') return fc.constantFrom('2026-01-02', '2024-02-29', '0001-01-01', '9999-12-31');
  if (format === 'date-time') return fc.constantFrom('2026-01-02T03:04:05Z', '9999-12-31T23:59:60Z');
  return fc
    .oneof({ weight: 1, arbitrary: text }, { weight: 2, arbitrary: fc.constantFrom(...PLAUSIBLE) })
    .map((each) => Array.from(each).slice(0, maxLength).join('').padEnd(minLength, 'x'));
}

function fittingNumber({ minimum = -1_000, maximum = 1_000 }: Schema): fc.Arbitrary<number> {
  const [min, max] = [Math.ceil(minimum), Math.floor(maximum)];
  return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }));
}

/** The same, with something wrong in it: a field of another type, one too few, one too many. */
export function misfitting(fits: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    anyJson,
    fc.tuple(fits, fc.nat(), anyJson).map(([value, at, wrong]) =>
      change(value, at, (object, name) => {
        object[name] = wrong;
      }),
    ),
    fc.tuple(fits, fc.nat()).map(([value, at]) =>
      change(value, at, (object, name) => {
        delete object[name];
      }),
    ),
    fc.tuple(fits, text, anyJson).map(([value, name, more]) => ({ ...Object(value), [name]: more })),
    fits.map((value) => [value]),
  );
}

function change(
  value: unknown,
  at: number,
  how: (object: Record<string, unknown>, name: string) => void,
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const object: Record<string, unknown> = { ...value };
  const names = Object.keys(object);
  const name = names[at % Math.max(1, names.length)];
  if (name !== undefined) how(object, name);
  return object;
}

/** As it would stand in an address or a form. */
export const asText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
