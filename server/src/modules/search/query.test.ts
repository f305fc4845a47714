import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTerms, parseQuery, type Query } from './query.ts';

/** A query as text: `a+b` a phrase, `|` any of, `!` not, `*` goes on. */
function shown({ groups, exclusions }: Query): string {
  const term = ({ words, isPrefix }: Query['exclusions'][number]) => words.join('+') + (isPrefix ? '*' : '');
  return [
    ...groups.map((terms) => terms.map(term).join('|')),
    ...exclusions.map((each) => `!${term(each)}`),
  ].join(' ');
}

describe('what is typed', () => {
  it.each([
    ['réforme de l’hôpital', 'reforme de l+hopital'],
    ["L'Hôpital", 'l+hopital'],
    ['Cœur ÉLÈVE straße', 'coeur eleve strasse'],
    ['"projet de loi"', 'projet+de+loi'],
    ['« projet de loi »', 'projet+de+loi'],
    ['“projet de loi” eau', 'projet+de+loi eau'],
    ['eau -pollution', 'eau !pollution'],
    ['eau -"bassin versant"', 'eau !bassin+versant'],
    ['eau OR lait', 'eau|lait'],
    ['eau ou lait or miel pain', 'eau|lait|miel pain'],
    ['hôpit*', 'hopit*'],
    ['porte-parole', 'porte+parole'],
    ['eau - pollution', 'eau pollution'],
    ['ou', 'ou'],
    ['l’or noir', 'l+or noir'],
    ['or noir', 'or noir'],
    ['"or" noir', 'or noir'],
    ['eau ou -lait', 'eau ou !lait'],
    ['"non fermé', 'non+ferme'],
    ['3,5 millions', '3+5 millions'],
    ['¼ ﬁn', '14 fin'],
    ['', ''],
    ['  -- "" * OR ou- ()&|!:<->', 'or ou'],
    ['\u0000eau\u0000', 'eau'],
  ])('%j means %j', (text, meant) => {
    expect(shown(parseQuery(text))).toBe(meant);
  });

  it('goes on with its last word while it is being typed', () => {
    expect(shown(parseQuery('loi hôpit', true))).toBe('loi hopit*');
    expect(shown(parseQuery('loi ', true))).toBe('loi');
    expect(shown(parseQuery('loi -hôpit', true))).toBe('loi !hopit');
    expect(shown(parseQuery('"loi hôpit"', true))).toBe('loi+hopit');
  });
});

describe('whatever is typed', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 700 }),
    fc
      .array(
        fc.constantFrom(
          '"',
          '-',
          ' ',
          'or',
          'ou',
          '*',
          '«',
          '»',
          'eau',
          "l'",
          '\u0000',
          '&',
          '|',
          '!',
          '(',
          ':',
        ),
        {
          maxLength: 60,
        },
      )
      .map((pieces) => pieces.join('')),
  );

  it('is read into folded words, never refused', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (text, isTyping) => {
        const query = parseQuery(text, isTyping);
        const terms = [...query.groups.flat(), ...query.exclusions];
        expect(terms).toHaveLength(countTerms(query));
        for (const { words } of terms) {
          expect(words.length).toBeGreaterThan(0);
          for (const word of words) expect(word).toMatch(/^[\p{L}\p{N}\p{M}]{1,200}$/u);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('means the same with accents, case and spaces more', () => {
    const words = fc.array(fc.constantFrom('réforme', 'eau', 'Hôpital', 'élève', 'cœur', '-lait', 'été*'), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(words, (pieces) => {
        const plain = pieces
          .join(' ')
          .normalize('NFD')
          .replace(/[\u0300-\u036f]/g, '')
          .replace('œ', 'oe');
        expect(shown(parseQuery(`  ${plain.toUpperCase()} `))).toBe(shown(parseQuery(pieces.join('   '))));
      }),
    );
  });
});
