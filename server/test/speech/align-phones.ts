/** A word of the text and the phones that the synthesiser has for it alone. */
export interface SpelledWord {
  text: string;
  phones: readonly string[];
}

/** A phone of the spoken sentence, pauses included. */
export interface SpokenPhone {
  phone: string;
  startMs: number;
  endMs: number;
}

/** Where a word was really spoken. */
export interface SpokenWord {
  text: string;
  startMs: number;
  endMs: number;
}

const pause = 'pau';
const vowels = /^[aeiou]/;

/**
 * Gives each word its place in a spoken sentence. Said alone, a word has nearly the phones that it has in the
 * sentence (“the” before a vowel differs): the two lists are aligned by the fewest changes. Throws when a word
 * gets no phone at all.
 */
export function alignPhones(words: readonly SpelledWord[], spoken: readonly SpokenPhone[]): SpokenWord[] {
  const sounds = spoken.filter(({ phone }) => phone !== pause);
  const wanted = words.flatMap(({ phones }, word) =>
    phones.filter((phone) => phone !== pause).map((phone) => ({ phone, word })),
  );
  const owners = ownersOf(
    wanted.map(({ phone }) => phone),
    sounds.map(({ phone }) => phone),
  ).map((index) => wanted[index]?.word);
  return words.map(({ text }, word) => {
    const own = sounds.filter((_sound, index) => owners[index] === word);
    const [first, last] = [own[0], own.at(-1)];
    if (!first || !last) throw new Error(`“${text}” has no sound of its own in the sentence`);
    return { text, startMs: first.startMs, endMs: last.endMs };
  });
}

/** For each phone of `heard` the index in `wanted` that it stands for; a phone too many belongs to the one before it. */
function ownersOf(wanted: readonly string[], heard: readonly string[]): number[] {
  const costs = costTable(wanted, heard);
  const at = (i: number, j: number) => costs[i]?.[j] ?? Number.POSITIVE_INFINITY;
  const owners: number[] = [];
  let [i, j] = [wanted.length, heard.length];
  while (j > 0) {
    const same = at(i - 1, j - 1) + difference(wanted[i - 1], heard[j - 1]);
    if (i > 0 && at(i, j) === same) owners[--j] = --i;
    else if (i > 0 && at(i, j) === at(i - 1, j) + 1) i--;
    else owners[--j] = Math.max(0, i - 1);
  }
  return owners;
}

function costTable(wanted: readonly string[], heard: readonly string[]): number[][] {
  const costs: number[][] = [Array.from({ length: heard.length + 1 }, (_none, j) => j)];
  for (const [i, phone] of wanted.entries()) {
    const above = costs[i] ?? [];
    const row = [i + 1];
    for (const [j, other] of heard.entries()) {
      const [diagonal = 0, up = 0, left = 0] = [above[j], above[j + 1], row[j]];
      row.push(Math.min(diagonal + difference(phone, other), up + 1, left + 1));
    }
    costs.push(row);
  }
  return costs;
}

/** A vowel is sooner another vowel than a consonant. */
function difference(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) return Number.POSITIVE_INFINITY;
  if (one === other) return 0;
  return vowels.test(one) === vowels.test(other) ? 0.5 : 1.5;
}
