import { describe, expect, test } from 'vitest';
import { alignPhones, type SpokenPhone } from './align-phones.ts';

/** Phones of a tenth of a second each. */
const spoken = (phones: string): SpokenPhone[] =>
  phones.split(' ').map((phone, index) => ({ phone, startMs: index * 100, endMs: (index + 1) * 100 }));
const spelled = (text: string, phones: string) => ({ text, phones: phones.split(' ') });

describe('words among phones', () => {
  test('pauses belong to no word', () => {
    const words = [spelled('good', 'pau g uh d pau'), spelled('day', 'pau d ey pau')];
    expect(alignPhones(words, spoken('pau g uh d pau d ey pau'))).toEqual([
      { text: 'good', startMs: 100, endMs: 400 },
      { text: 'day', startMs: 500, endMs: 700 },
    ]);
  });

  test('a vowel said otherwise, a phone left out and one too many', () => {
    const words = [spelled('the', 'dh ax'), spelled('old', 'ow l d'), spelled('mast', 'm ae s t')];
    expect(alignPhones(words, spoken('dh iy ow l m ae s t ax'))).toEqual([
      { text: 'the', startMs: 0, endMs: 200 },
      { text: 'old', startMs: 200, endMs: 400 },
      { text: 'mast', startMs: 400, endMs: 900 },
    ]);
  });

  test('a word that is not there is said so', () => {
    expect(() => alignPhones([spelled('a', 'ax'), spelled('b', 'b iy')], spoken('ax'))).toThrow('“b”');
  });
});
