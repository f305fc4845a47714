/** A stretch of characters: from the first, up to but without the last. */
export interface Range {
  from: number;
  to: number;
}

interface Term {
  /** Words that follow one another; one alone unless they were written within quotes. */
  words: string[];
  /** `budg*`: whatever begins so. */
  isPrefix: boolean;
}

/** What to mark in a text. */
export type FindQuery = readonly Term[];

/** Without case and accents; œ and æ as they are typed. */
export const foldText = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replaceAll('ß', 'ss');

const wordPattern = /[\p{L}\p{M}\p{N}]+/gu;
const tokenPattern = /-?(?:"([^"]*)"?|«([^»]*)»?|“([^”]*)”?|([^\s"«»“”]+))/g;

/** Words that carry no sense of their own: marked only where nothing else is looked for. */
const smallWords = new Set(
  (
    'a au aux ce ces cet cette d de des du elle en est et eux il ils j je l la le les leur leurs lui m ma mais me ' +
    'mes mon n ne nos notre nous on ou par pas pour qu que qui s sa se ses son sur t ta te tes ton tu un une vos ' +
    'votre vous y an and are as at be but by for from i in is it its not of on or she that the their they this to ' +
    'was we were with you'
  ).split(' '),
);
const orWords = /^(?:or|ou)$/i;

/** Reads what was typed as the search does: words, "phrases", prefixes*; what is excluded is not marked. */
export function readFindQuery(text: string): FindQuery {
  const terms: Term[] = [];
  for (const [token, straight, french, curly, plain] of text.matchAll(tokenPattern)) {
    if (token.startsWith('-') || orWords.test(token)) continue;
    const phrase = straight ?? french ?? curly;
    const words = (phrase ?? plain ?? '').match(wordPattern)?.map(foldText) ?? [];
    if (phrase !== undefined && words.length > 0) terms.push({ words, isPrefix: false });
    else if (phrase === undefined)
      for (const [index, word] of words.entries())
        terms.push({ words: [word], isPrefix: token.endsWith('*') && index === words.length - 1 });
  }
  const telling = terms.filter(({ words }) => words.length > 1 || !smallWords.has(words[0] ?? ''));
  return telling.length > 0 ? telling : terms;
}

const ending = /(?:ies|es|ed|er|ez|ent|ing|e|s|x|y)$/;
/** How much longer than its stem a form may be: « port » is not the beginning of « Portugal ». */
const longestRest = (stem: string): number => Math.min(4, stem.length - 1);

/** The part that the forms of a word share: `écoles` → `ecol`. Short words keep all they have. */
export function stemOf(word: string): string {
  if (word.length < 4) return word;
  const stem = word.length === 4 ? word.replace(/[sx]$/, '') : word.replace(ending, '');
  return stem.length >= 3 ? stem : word;
}

function isForm(word: string, wanted: string): boolean {
  if (word === wanted) return true;
  const stem = stemOf(wanted);
  return stem.length >= 3 && word.startsWith(stem) && word.length - stem.length <= longestRest(stem);
}

function matchAt(words: readonly string[], at: number, { words: wanted, isPrefix }: Term): boolean {
  return wanted.every((each, index) => {
    const word = words[at + index];
    if (word === undefined) return false;
    return isPrefix ? word.startsWith(each) : isForm(word, each);
  });
}

/** What a text that has the term has too, whatever the form of its words: a quick no for most texts. */
const leastOf = ({ words: [first = ''], isPrefix }: Term): string => (isPrefix ? first : stemOf(first));

/** Where a text has what is looked for: in order, none within another. */
export function findIn(text: string, query: FindQuery): Range[] {
  const folded = foldText(text);
  if (!query.some((term) => folded.includes(leastOf(term)))) return [];
  const places = [...text.matchAll(wordPattern)];
  const words = places.map(([word]) => foldText(word));
  const found: Range[] = [];
  for (let at = 0; at < places.length; ) {
    const term = query.find((candidate) => matchAt(words, at, candidate));
    const [first, last] = [places[at], places[at + (term?.words.length ?? 1) - 1]];
    if (term !== undefined && first !== undefined && last !== undefined)
      found.push({ from: first.index, to: last.index + last[0].length });
    at += term?.words.length ?? 1;
  }
  return found;
}

/** One place found: which segment, and which of its ranges. */
export interface Found {
  segment: number;
  range: number;
}

/** All that is found in the segments, in the order of reading, and the ranges of each segment that has some. */
export function findAll(
  segments: readonly { text: string }[],
  query: FindQuery,
): { found: Found[]; ranges: ReadonlyMap<number, Range[]> } {
  const found: Found[] = [];
  const ranges = new Map<number, Range[]>();
  if (query.length === 0) return { found, ranges };
  for (const [segment, { text }] of segments.entries()) {
    const here = findIn(text, query);
    if (here.length === 0) continue;
    ranges.set(segment, here);
    for (const range of here.keys()) found.push({ segment, range });
  }
  return { found, ranges };
}
