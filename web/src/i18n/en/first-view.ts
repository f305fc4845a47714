import { archive } from './archive.ts';
import { player } from './player.ts';
import { problem } from './problem.ts';
import { shell } from './shell.ts';

/** What a first visit to the archive writes: fetched before anything is shown, so that it stays small. */
export const firstView = {
  ...archive,
  ...player,
  ...problem,
  ...shell,
};
