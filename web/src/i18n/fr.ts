import { accounts } from './fr/accounts.ts';
import { archive } from './fr/archive.ts';
import { bring } from './fr/bring.ts';
import { player } from './fr/player.ts';
import { problem } from './fr/problem.ts';
import { recordings } from './fr/recordings.ts';
import { search } from './fr/search.ts';
import { shell } from './fr/shell.ts';
import { transcription } from './fr/transcription.ts';

/**
 * French texts, a file for each thing, the reference for the keys. Typography: U+202F before ; ! ? and inside « »,
 * U+00A0 before a colon, typographic apostrophes; `dictionaries.test.ts` checks it.
 */
export const fr = {
  ...accounts,
  ...archive,
  ...bring,
  ...player,
  ...problem,
  ...recordings,
  ...search,
  ...shell,
  ...transcription,
};

/** The shape that every language fills. */
export type Dictionary = typeof fr;
