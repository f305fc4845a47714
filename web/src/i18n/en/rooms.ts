import { accounts } from './accounts.ts';
import { bring } from './bring.ts';
import { recordings } from './recordings.ts';
import { search } from './search.ts';
import { sound } from './sound.ts';
import { transcription } from './transcription.ts';

/** What the other pages write: fetched with the first of them. */
export const rooms = {
  ...accounts,
  ...bring,
  ...recordings,
  ...search,
  ...sound,
  ...transcription,
};
