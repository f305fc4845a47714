import { firstView } from './fr/first-view.ts';
import { rooms } from './fr/rooms.ts';

/**
 * French texts, a file for each thing, the reference for the keys. Typography: U+202F before ; ! ? and inside « »,
 * U+00A0 before a colon, typographic apostrophes; `dictionaries.test.ts` checks it.
 */
export const fr = { ...firstView, ...rooms };

/** The shape that every language fills. */
export type Dictionary = typeof fr;
