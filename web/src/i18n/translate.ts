import type { Dictionary } from './fr.ts';

type Leaves<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : Leaves<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

/** A plural family is asked for by its name alone: `archive.count`, with a `count`. */
type Asked<Key extends string> = Key extends `${infer Family}_one`
  ? Family
  : Key extends `${string}_many` | `${string}_other`
    ? never
    : Key;

/** Every text of the page, by its path in the dictionary. */
export type TextKey = Asked<Leaves<Dictionary>>;

export type TextValues = Record<string, string | number>;

export type Translate = (key: TextKey, values?: TextValues) => string;

interface Tree {
  [key: string]: string | Tree;
}

function flatten(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${prefix}${key}`, value]] : flatten(value, `${prefix}${key}.`),
  );
}

/**
 * Makes the function that writes a language's texts. The dictionaries keep i18next's form (`key_one`,
 * `{{name}}`, `{{count, number}}`), which translators' tools read; the library itself would be a tenth of
 * what a first visit may weigh, for these few lines.
 */
export function createTranslate(dictionary: Partial<Dictionary>, locale: string): Translate {
  const texts = new Map(flatten(dictionary));
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const write = (value: string | number | undefined, asNumber: boolean) =>
    asNumber && typeof value === 'number' ? numbers.format(value) : String(value ?? '');
  return (key, values = {}) => {
    const { count } = values;
    const family = typeof count === 'number' ? texts.get(`${key}_${plurals.select(count)}`) : undefined;
    const text = family ?? texts.get(key) ?? key;
    return text.replaceAll(/\{\{(\w+)(, number)?\}\}/g, (_, name: string, number?: string) =>
      write(values[name], number !== undefined),
    );
  };
}
