/** How far recognised words are from those that were said. */
export interface WordErrors {
  /** (substituted + left out + too many) / said. */
  rate: number;
  /** Pairs of indices of words that were recognised as said. */
  matches: { said: number; recognised: number }[];
}

/** Compares two lists of words by the fewest changes. */
export function wordErrors(said: readonly string[], recognised: readonly string[]): WordErrors {
  const width = recognised.length + 1;
  const costs = new Uint32Array((said.length + 1) * width);
  const at = (i: number, j: number) => costs[i * width + j] ?? 0;
  for (let i = 0; i <= said.length; i++) {
    for (let j = 0; j < width; j++) {
      const same = said[i - 1] === recognised[j - 1] ? 0 : 1;
      const ways = [at(i - 1, j - 1) + same, at(i - 1, j) + 1, at(i, j - 1) + 1];
      costs[i * width + j] = i === 0 ? j : j === 0 ? i : Math.min(...ways);
    }
  }
  const matches: WordErrors['matches'] = [];
  let [i, j] = [said.length, recognised.length];
  while (i > 0 && j > 0) {
    const isSame = said[i - 1] === recognised[j - 1];
    if (at(i, j) === at(i - 1, j - 1) + (isSame ? 0 : 1)) {
      i--;
      j--;
      if (isSame) matches.unshift({ said: i, recognised: j });
    } else if (at(i, j) === at(i - 1, j) + 1) i--;
    else j--;
  }
  return { rate: at(said.length, recognised.length) / Math.max(1, said.length), matches };
}
