import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { WORDS } from '../api/parts.ts';

/** What is written and asked: the same at every run. */
export interface Vocabulary {
  /** Each in about 20 of 100 segments. */
  veryCommon: string[];
  /** Each in about 2 of 100. */
  common: string[];
  /** Each in about 50 of a million. */
  rare: string[];
  /** Words that stand together, about 3 of 1,000 each. */
  phrases: string[];
  /** French words by Zipf's law, behind the function words. */
  text: string[];
}

const list = (words: string) => words.trim().split(/\s+/);
const FUNCTION_WORDS = list(
  'de la le et les des en que plus un une du est à pour qui dans nous ce a pas il sur au par ne se je vous tout avec cette bien sont fait faire ont mais aux leur être même elle si ou on ces aussi sans peut donc dont très où entre deux comme',
);
const VERY_COMMON = list(
  'ministre président loi article gouvernement amendement projet question france texte groupe politique',
);
const COMMON = list(
  'commission rapporteur collègue débat proposition budget santé mesure travail euros finances sécurité justice territoire entreprise éducation citoyen eau énergie agriculture logement climat transport hôpital école police retraite impôt emploi culture numérique radio antenne audio émission journaliste environnement pêche montagne littoral',
);
const PHRASES = [
  'projet de budget',
  'ministre de la santé',
  'commission des finances',
  'mes chers collègues',
  'avis défavorable',
  'sécurité sociale',
  'qualité de l’eau',
  'transition écologique',
  'pouvoir d’achat',
  'haute autorité de santé',
  'prix de l’énergie',
  'école de la montagne',
  'hôpital public',
  'loi de finances',
  'article premier',
  'groupe politique',
];
const RARE = 60;
const RARE_SHARE = 50 / 1_000_000;

/** Mulberry32: the same numbers at every run. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function readVocabulary(): Vocabulary {
  const random = randomFrom(20_261_121);
  const planted = new Set([
    ...FUNCTION_WORDS,
    ...VERY_COMMON,
    ...COMMON,
    ...PHRASES.flatMap((p) => p.split(' ')),
  ]);
  const all = readFileSync(WORDS, 'utf8')
    .split('\n')
    .filter((word) => /^[a-zàâçéèêëîïôûùüÿœæ]{3,}$/.test(word) && !planted.has(word));
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [all[i], all[j]] = [all[j] ?? '', all[i] ?? ''];
  }
  // Long ones, so that their stems are their own.
  const rare = all.filter((word) => word.length > 11).slice(0, RARE);
  const text = all.filter((word) => !rare.includes(word)).slice(0, 80_000);
  return { veryCommon: VERY_COMMON, common: COMMON, rare, phrases: PHRASES, text };
}

/** A sentence of 8 to 28 words with the planted ones at their rates. */
function sentenceMaker(words: Vocabulary, random: () => number): () => string {
  const vocabulary = [...FUNCTION_WORDS, ...words.text];
  const sums = new Float64Array(vocabulary.length);
  let sum = 0;
  for (let i = 0; i < vocabulary.length; i++) {
    sum += 1 / (i + 3);
    sums[i] = sum;
  }
  const any = (): string => {
    const at = random() * sum;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return vocabulary[low] ?? '';
  };
  return () => {
    const said: string[] = [];
    const length = 8 + Math.floor(random() * 18);
    while (said.length < length) said.push(any());
    const put = (word: string) => said.splice(Math.floor(random() * said.length), 0, word);
    for (const word of words.veryCommon) if (random() < 0.2) put(word);
    for (const word of words.common) if (random() < 0.02) put(word);
    for (const word of words.rare) if (random() < RARE_SHARE) put(word);
    for (const phrase of words.phrases) if (random() < 0.003) put(phrase);
    const text = said.join(' ');
    return `${text[0]?.toUpperCase()}${text.slice(1)}.`;
  };
}

export const TYPES = ['seance_publique', 'commission', 'audition', 'question_gouvernement', 'autre'];
export const COMMISSIONS = Array.from(
  { length: 30 },
  (_, i) => `Commission ${String.fromCharCode(65 + (i % 26))}${i}`,
);
export const PEOPLE = Array.from({ length: 500 }, (_, i) => `Camille Personne${i}`);

/** One débat of the corpus. */
export interface BenchDebat {
  number: number;
  date: string;
  commission: string;
  type: string;
  people: string[];
}

const FIRST_DAY = Date.UTC(2016, 0, 4);
const DAYS = 3_650;

export function makeDebats(count: number): BenchDebat[] {
  const random = randomFrom(7);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  return Array.from({ length: count }, (_, number) => ({
    number,
    date: new Date(FIRST_DAY + Math.floor((number / count) * DAYS) * 86_400_000).toISOString().slice(0, 10),
    commission: pick(COMMISSIONS),
    type: pick(TYPES),
    people: Array.from({ length: 2 + Math.floor(random() * 5) }, () => pick(PEOPLE)),
  }));
}

/** Writes `debat, position, startMs, endMs, text` as COPY text. */
export async function writeSegments(
  file: string,
  count: number,
  perDebat: number,
  words: Vocabulary,
): Promise<void> {
  const sentence = sentenceMaker(words, randomFrom(11));
  const target = createWriteStream(file);
  for (let from = 0; from < count; from += 5_000) {
    const lines: string[] = [];
    for (let i = from; i < Math.min(count, from + 5_000); i++) {
      const position = i % perDebat;
      lines.push(
        [Math.floor(i / perDebat), position, position * 7_000, position * 7_000 + 6_800, sentence()].join(
          '\t',
        ),
      );
    }
    if (!target.write(`${lines.join('\n')}\n`)) await once(target, 'drain');
  }
  target.end();
  await once(target, 'finish');
}
