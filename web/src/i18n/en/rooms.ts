import { accounts } from './accounts.ts';
import { bring } from './bring.ts';
import { imports } from './imports.ts';
import { recordings } from './recordings.ts';
import { search } from './search.ts';
import { sound } from './sound.ts';
import { transcription } from './transcription.ts';
import { trash } from './trash.ts';

/** What the other pages write: fetched with the first of them. */
export const rooms = {
  ...accounts,
  ...bring,
  ...imports,
  ...recordings,
  ...search,
  ...sound,
  ...transcription,
  ...trash,
};
