import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headOf, highlight, tailOf } from './highlight.ts';
import { momentOf } from './moment.ts';
import { tokenise } from './tokens.ts';

const plain = (html: string) =>
  html
    .replace(/<\/?mark>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('a highlight', () => {
  it('is the text and nothing but marks and escapes, whatever the text', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc
        .array(fc.constantFrom('<script>', '&amp;', '"', "l'", 'eau ', 'été ', '</mark>'), { maxLength: 12 })
        .map((all) => all.join('')),
    );
    fc.assert(
      fc.property(hostile, fc.array(fc.nat(12)), (text, numbers) => {
        const { html, firstAt } = highlight(text, new Set(numbers));
        expect(plain(html)).toBe(text);
        expect(html.replace(/<\/?mark>/g, '')).not.toMatch(/[<>"']/);
        const first = tokenise(text).find((_token, i) => numbers.includes(i));
        expect(firstAt).toBe(first?.start ?? 0);
      }),
    );
  });

  it('keeps of a long text what surrounds the word', () => {
    const text = `${'avant '.repeat(200)}voici ${'après '.repeat(200)}`;
    const { html, firstAt } = highlight(text, new Set([200]));
    expect(firstAt).toBe(1_200);
    expect(html).toMatch(
      /^… (avant )+<mark>voici<\/mark> (après )+…$|^… (avant )+<mark>voici<\/mark> (après ?)+ …$/,
    );
    expect(html.length).toBeLessThan(450);
  });

  it('has neighbours of whole words', () => {
    expect(tailOf('court')).toBe('court');
    expect(tailOf(`${'mot '.repeat(100)}fin`)).toMatch(/^… (mot )+fin$/);
    expect(headOf('mot '.repeat(100).trim())).toMatch(/^(mot )+…$/);
    expect([tailOf(null), headOf(null)]).toEqual([null, null]);
  });
});

describe('the moment of a word', () => {
  const text = 'Voilà la belle girafe';
  const segment = { text, startMs: 10_000, endMs: 14_000, words: null };

  it('is told by the engine, else by its place in the text', () => {
    const words: [number, number, string][] = [
      [10_100, 10_500, 'Voilà'],
      [10_600, 10_900, 'la'],
      [12_000, 12_300, 'belle'],
      [13_000, 13_900, 'girafe'],
    ];
    expect(momentOf({ ...segment, words }, text.indexOf('girafe'))).toBe(13_000);
    expect(momentOf({ ...segment, words }, 0)).toBe(10_100);
    expect(momentOf(segment, 0)).toBe(10_000);
    expect(momentOf(segment, text.indexOf('girafe'))).toBe(Math.round(10_000 + (15 / 21) * 4_000));
  });

  it('lies in the segment, whatever the words say', () => {
    const words = fc.array(
      fc.tuple(fc.integer(), fc.integer(), fc.constantFrom('Voilà', 'belle', 'xyz', '', 'la')),
    );
    fc.assert(
      fc.property(words, fc.nat(30), (given, index) => {
        const at = momentOf({ ...segment, words: given }, index);
        expect(at).toBeGreaterThanOrEqual(10_000);
        expect(at).toBeLessThanOrEqual(14_000);
      }),
    );
  });
});
