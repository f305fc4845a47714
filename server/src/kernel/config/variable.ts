import { Type } from 'typebox';
import { hasScheme } from './accepts.ts';

/** What a variable carries besides its JSON Schema keywords. */
export interface VariableDetails<Value> {
  /** Taken when the variable is absent or empty; absent means "not set", or derived from others. */
  default?: Value;
  /** How `.env.example` words a default that other variables decide. */
  derived?: string;
  /** Never printed, in whole or in part. */
  secret?: boolean;
  /** Older names of the same setting, read when the first is absent. */
  aliases?: readonly string[];
  /** A value shown in `.env.example` in place of an empty one. */
  example?: string;
}

type Test = (value: string) => boolean;

/** Marks a variable that may stay unset: one without a default. */
export const optional = Type.Optional;

/** Free text; `expects` completes "NAME must be …" and `accepts` decides. */
export const text = (
  description: string,
  details: VariableDetails<string> & { expects?: string; accepts?: Test } = {},
) => {
  const { accepts = () => true, expects = 'text', ...rest } = details;
  return Type.Refine(Type.String({ description, expects, ...rest }), accepts);
};

/** A key or password: free text that is never printed. */
export const secret = (description: string, details: VariableDetails<string> = {}) =>
  text(description, { secret: true, ...details });

/** A whole number within bounds. */
export const integer = (
  description: string,
  bounds: { minimum: number; maximum: number },
  details: VariableDetails<number> = {},
) => {
  const expects = `a whole number from ${bounds.minimum} to ${bounds.maximum}`;
  return Type.Integer({ description, expects, ...bounds, ...details });
};

/** A switch: true, 1, yes, on and their opposites, any case. */
export const flag = (description: string, details: VariableDetails<boolean> = {}) =>
  Type.Boolean({ description, expects: 'true or false', ...details });

/** One of a few words, any case. */
export const choice = <const Words extends string[]>(
  description: string,
  words: readonly [...Words],
  details: VariableDetails<Words[number]> = {},
) => Type.Enum(words, { description, expects: `one of ${words.join(', ')}`, ...details });

/** Several items: separated by commas, or a JSON array. */
export const list = (
  description: string,
  item: { expects: string; accepts: Test },
  details: VariableDetails<string[]> = {},
) => {
  const expects = `a comma-separated list, each ${item.expects}`;
  const schema = Type.Array(Type.String(), { description, expects, ...details });
  return Type.Refine(schema, (items) => items.every(item.accepts));
};

/** An address with one of the given schemes. */
export const address = (
  description: string,
  schemes: readonly string[],
  details: VariableDetails<string> = {},
) => {
  const expects = `an address starting with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return text(description, { expects, accepts: (value) => hasScheme(value, schemes), ...details });
};
