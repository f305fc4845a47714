import { accounts } from './en/accounts.ts';
import { archive } from './en/archive.ts';
import { bring } from './en/bring.ts';
import { player } from './en/player.ts';
import { problem } from './en/problem.ts';
import { recordings } from './en/recordings.ts';
import { search } from './en/search.ts';
import { shell } from './en/shell.ts';
import { transcription } from './en/transcription.ts';
import type { Dictionary } from './fr.ts';

/** English texts. Plural families carry the categories that French needs too, so that the keys stay the same. */
export const en: Dictionary = {
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
