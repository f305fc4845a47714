import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { en } from './en.ts';
import { firstView } from './fr/first-view.ts';
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

describe('use', () => {
  const root = join(import.meta.dirname, '..');
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.|i18n\/(?:fr|en)[./]/.test(name))
    .map((name) => readFileSync(join(root, name), 'utf8'));
  const code = sources.join('\n');
  /** Beginnings of keys that are finished at run time: `type.${debat.type}`. */
  const beginnings = [...code.matchAll(/`(\w+\.(?:\w+\.)?)\$\{/g)].map((match) => match[1] ?? '');

  test('no text is kept that no page shows', () => {
    expect(sources.length).toBeGreaterThan(50);
    const families = [...french.keys()].map((key) => key.replace(/_(one|many|other)$/, ''));
    const isAsked = (key: string) =>
      code.includes(`'${key}'`) || beginnings.some((beginning) => key.startsWith(beginning));
    expect(families.filter((key) => !isAsked(key))).toEqual([]);
  });
});

describe('the first view', () => {
  const root = join(import.meta.dirname, '..');
  /** What may be drawn before any room is: the first page, and what comes by itself on top of it. */
  const roots = [
    'main.tsx',
    ...['palette', 'keys-dialog', 'settings-menu'].map((name) => `shell/${name}.tsx`),
    'player/dock.tsx',
  ];
  /** A file and all that it imports before it can run; what comes later, or is a type alone, apart. */
  function eagerOf(file: string, seen = new Set<string>()): Set<string> {
    if (seen.has(file)) return seen;
    seen.add(file);
    const code = readFileSync(file, 'utf8');
    for (const [, path = ''] of code.matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)'/gms))
      eagerOf(join(file, '..', path), seen);
    return seen;
  }

  test('says nothing that comes only with the rooms', () => {
    const eager = [
      ...roots.reduce((seen, file) => eagerOf(join(root, file), seen), new Set<string>()),
    ].filter((file) => !/\.css$/.test(file));
    expect(eager.some((file) => file.endsWith('archive-page.tsx'))).toBe(true);
    expect(eager.some((file) => file.endsWith('recording-page.tsx'))).toBe(false);
    const asked = eager.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bt\(\s*['`](\w+)\./g)].map((match) => match[1] ?? ''),
    );
    expect(asked.length).toBeGreaterThan(30);
    expect([...new Set(asked)].filter((section) => !(section in firstView))).toEqual([]);
  });
});
