import { type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { type EnvironmentValues, environmentSchema, type VariableName } from './variables.ts';

/** Text by name, as an operating system gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What one variable's schema says beside its type. */
export interface VariableFacts {
  description: string;
  expects: string;
  secret: boolean;
  aliases: readonly string[];
  fallback: unknown;
  derived: string | undefined;
  example: string | undefined;
}

/** Reads the facts out of a schema made by `variable.ts`. */
export const factsOf = (schema: TSchema): VariableFacts => {
  const details = new Map<string, unknown>(Object.entries(schema));
  const words = (key: string) => {
    const value = details.get(key);
    return typeof value === 'string' ? value : undefined;
  };
  const aliases = details.get('aliases');
  return {
    description: words('description') ?? '',
    expects: words('expects') ?? '',
    secret: details.get('secret') === true,
    aliases: Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === 'string') : [],
    fallback: details.get('default'),
    derived: words('derived'),
    example: words('example'),
  };
};

/** The schema of each variable by name. */
export const variables = Object.entries<TSchema>(environmentSchema.properties);

/** Every name that is read, older ones included. */
export const knownNames = variables.flatMap(([name, schema]) => [name, ...factsOf(schema).aliases]);

/** The values of an environment, the names that were given, and a sentence for each that cannot be used. */
export interface ReadValues {
  values: EnvironmentValues;
  /** Schema name → the name under which it was given (itself or an alias). */
  given: ReadonlyMap<VariableName | string, string>;
  faults: string[];
}

/** Turns text into values; one that cannot be used is named among the faults and left at its default. */
export const readValues = (env: Environment): ReadValues => {
  const values: Record<string, unknown> = {};
  const given = new Map<string, string>();
  const faults: string[] = [];
  for (const [name, schema] of variables) {
    const facts = factsOf(schema);
    if (facts.fallback !== undefined) values[name] = facts.fallback;
    const givenAs = [name, ...facts.aliases].find((key) => (env[key]?.trim() ?? '') !== '');
    if (givenAs === undefined) continue;
    const raw = env[givenAs]?.trim() ?? '';
    const value = fromText(schema, raw);
    if (value === undefined || !Value.Check(schema, value)) {
      faults.push(`${givenAs} must be ${facts.expects}${facts.secret ? '' : `, not "${shown(raw)}"`}.`);
      continue;
    }
    values[name] = value;
    given.set(name, givenAs);
  }
  return { values: Value.Parse(environmentSchema, values), given, faults };
};

const yes = ['true', '1', 'yes', 'on'];
const no = ['false', '0', 'no', 'off'];

const fromText = (schema: TSchema, raw: string): unknown => {
  if (Type.IsInteger(schema)) return /^[+-]?\d{1,15}$/.test(raw) ? Number(raw) : undefined;
  if (Type.IsBoolean(schema)) return flagOf(raw.toLowerCase());
  if (Type.IsArray(schema)) return itemsOf(raw);
  if (Type.IsEnum(schema)) {
    return schema.enum.find((word) => String(word).toLowerCase() === raw.toLowerCase());
  }
  return raw;
};

const flagOf = (word: string): boolean | undefined => {
  if (yes.includes(word)) return true;
  return no.includes(word) ? false : undefined;
};

const itemsOf = (raw: string): unknown => {
  if (!raw.startsWith('[') || !raw.endsWith(']')) {
    return raw
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
};

/** A value as a fault may show it: short, on one line, without the password of an address. */
const shown = (raw: string): string => {
  const line = raw.replaceAll(/\/\/[^/@\s]*@/g, '//…@').replaceAll(/[\u0000-\u001f\u007f]+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
};
