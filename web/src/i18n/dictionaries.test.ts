import { describe, expect, test } from 'vitest';
import { en } from './en.ts';
import { fr } from './fr.ts';

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${prefix}${key}`, value]] : flatten(value, `${prefix}${key}.`),
  );
}

const french = new Map(flatten(fr));
const english = new Map(flatten(en));
const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]).sort();

test('both languages have the same keys', () => {
  expect(french.size).toBeGreaterThan(150);
  expect([...english.keys()].sort()).toEqual([...french.keys()].sort());
});

test.each([...french.keys()])('%s is written in both languages, with the same places to fill', (key) => {
  const both = [french.get(key) ?? '', english.get(key) ?? ''];
  for (const text of both) expect(text.trim()).not.toBe('');
  expect(placeholders(both[1] ?? '')).toEqual(placeholders(both[0] ?? ''));
});

describe('plurals', () => {
  const families = new Set(
    [...french.keys()].filter((key) => /_(one|other)$/.test(key)).map((key) => key.replace(/_\w+$/, '')),
  );
  const categories = (language: string) => new Intl.PluralRules(language).resolvedOptions().pluralCategories;

  test.each([...families])('%s has every category its language asks for', (family) => {
    for (const category of categories('fr')) expect(french.has(`${family}_${category}`)).toBe(true);
    for (const category of categories('en')) expect(english.has(`${family}_${category}`)).toBe(true);
  });
});

describe('French typography', () => {
  test.each([...french])('%s keeps its punctuation with its word', (_, text) => {
    expect(text).not.toMatch(/[ \u00a0][;!?»]|«[ \u00a0]/);
    expect(text).not.toMatch(/[^\u202f\s][!?]/);
    expect(text).not.toMatch(/[ \u202f]:|\p{L}:(?!\/)/u);
    expect(text).not.toContain("'");
  });
});
