/** A word of a text as the index knows it: folded, with its place in the text in UTF-16 units. */
export interface Token {
  word: string;
  start: number;
  end: number;
}

/** Longer runs of letters are no words of any language; they are cut alike in texts and in queries. */
const LONGEST_WORD = 48;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
const SIGNS = /[^\p{L}\p{N}\p{M}]/gu;
const PLAIN = /^[a-z0-9]+$/;
const ACCENTS = /[\u0300-\u036f]/g;
const LETTERS: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};
const SPECIAL = /[œæßøđðłþı]/g;

/** Without case and accents: what is compared is always folded. */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .toLowerCase()
    .replace(ACCENTS, '')
    .replace(SPECIAL, (letter) => LETTERS[letter] ?? letter);
}

/** The words of a text in order; apostrophes, hyphens and points part them. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    // Folding may bring in signs: ¼ becomes 1⁄4.
    const word = fold(match[0]).replace(SIGNS, '').slice(0, LONGEST_WORD);
    if (word !== '') tokens.push({ word, start: match.index, end: match.index + match[0].length });
  }
  return tokens;
}
