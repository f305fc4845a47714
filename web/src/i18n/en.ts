import { firstView } from './en/first-view.ts';
import { rooms } from './en/rooms.ts';
import type { Dictionary } from './fr.ts';

/** English texts. Plural families carry the categories that French needs too, so that the keys stay the same. */
export const en: Dictionary = { ...firstView, ...rooms };
