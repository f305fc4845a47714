import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_PATTERN, nameKey, numberedSlug, slugOf, USERNAME_PATTERN, usernameFromEmail } from './names.ts';

describe('nameKey', () => {
  it('is one for a name in any case and Unicode form', () => {
    expect(nameKey(' Ada ')).toBe('ada');
    expect(nameKey('ａｄａ')).toBe('ada');
    expect(nameKey('E\u0301mile')).toBe(nameKey('ÉMILE'));
  });

  it('of a key is the key itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => nameKey(nameKey(name)) === nameKey(name)),
      {
        numRuns: 2_000,
      },
    );
  });
});

describe('usernameFromEmail', () => {
  it('takes what stands before the @', () => {
    expect(usernameFromEmail('Camille.Roux@radio.example')).toBe('Camille.Roux');
    expect(usernameFromEmail('a+news@radio.example')).toBe('a-news');
    expect(usernameFromEmail('+++@radio.example')).toBe('admin');
  });

  it('always gives a username', () => {
    const username = new RegExp(USERNAME_PATTERN, 'u');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (local) => {
        const made = usernameFromEmail(`${local}@radio.example`);
        return username.test(made) && [...made].length <= 64;
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('slugOf', () => {
  it('keeps letters and digits', () => {
    expect(slugOf('Radio Évasion — 98.4 FM')).toBe('radio-evasion-98-4-fm');
    expect(slugOf('إذاعة')).toBe('organisation');
  });

  it('always gives what the database accepts, numbered too', () => {
    const slug = /^[a-z0-9]+(-[a-z0-9]+)*$/;
    fc.assert(
      fc.property(
        fc
          .array(fc.constantFrom('a', 'é', '9', '-', ' ', '漢'), { maxLength: 120 })
          .map((all) => all.join('')),
        fc.integer({ min: 2, max: 50 }),
        (name, n) => {
          const made = slugOf(name);
          const numbered = numberedSlug(made, n);
          return [made, numbered].every((each) => each.length <= 63 && slug.test(each));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('leaves no double hyphen where a long one is cut for its number', () => {
    expect(numberedSlug(`${'a'.repeat(60)}-b`, 2)).toBe(`${'a'.repeat(60)}-2`);
  });
});

describe('a line', () => {
  const line = new RegExp(LINE_PATTERN, 'u');

  it.each(['Camille Roux', 'نور الدين', 'שירה', '山田太郎', 'DJ 🎧 Zoé', "O'Neill"])('may be %s', (name) => {
    expect(line.test(name)).toBe(true);
  });

  it.each([
    ['nothing but space', '  '],
    ['a nul byte', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['a paragraph separator', 'a\u2029b'],
    ['half a surrogate pair', 'a\ud800b'],
    ['an override of direction', 'abc\u202ecba'],
    ['an isolate of direction', 'abc\u2066cba'],
  ])('has no %s', (_what, name) => {
    expect(line.test(name)).toBe(false);
  });
});
