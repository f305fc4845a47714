import { useSyncExternalStore } from 'react';
import { keptHere } from '../kept-here.ts';
import { createTranslate, type Translate } from './translate.ts';

export type { Translate } from './translate.ts';
export type Language = 'fr' | 'en';

const storedUnder = 'antenne.language';

// Each reader fetches one language: what the first view says, and the rest with the first page that is a room.
const dictionaries = {
  fr: {
    locale: 'fr-FR',
    firstView: () => import('./fr/first-view.ts').then(({ firstView }) => firstView),
    rooms: () => import('./fr/rooms.ts').then(({ rooms }) => rooms),
  },
  en: {
    locale: 'en-GB',
    firstView: () => import('./en/first-view.ts').then(({ firstView }) => firstView),
    rooms: () => import('./en/rooms.ts').then(({ rooms }) => rooms),
  },
};

let areRoomsOpen = false;
let written: Translate = (key) => key;
const listeners = new Set<() => void>();

/** The language of the moment: the one first-paint.js put on the page until another is chosen. */
export function currentLanguage(): Language {
  return document.documentElement.lang === 'en' ? 'en' : 'fr';
}

async function load(language: Language): Promise<Translate> {
  const { locale, firstView, rooms } = dictionaries[language];
  const [first, rest] = await Promise.all([firstView(), areRoomsOpen ? rooms() : {}]);
  return createTranslate({ ...first, ...rest }, locale);
}

/** Loads what the reader's first view says; nothing can be written on the page before. */
export async function startLanguage(): Promise<void> {
  written = await load(currentLanguage());
}

/** Loads what the rooms say, once; no page but the first is drawn before. */
export async function openRoomTexts(): Promise<void> {
  if (areRoomsOpen) return;
  await dictionaries[currentLanguage()].rooms();
  areRoomsOpen = true;
  written = await load(currentLanguage());
  for (const listener of listeners) listener();
}

/** Changes the language of the page and remembers it. */
export async function chooseLanguage(language: Language): Promise<void> {
  written = await load(language);
  document.documentElement.lang = language;
  keptHere.setItem(storedUnder, language);
  for (const listener of listeners) listener();
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

const currentTranslate = (): Translate => written;

/** The texts in the reader's language; the component follows a change of language. */
export function useText() {
  const translate = useSyncExternalStore(subscribe, currentTranslate);
  return { t: translate, language: currentLanguage(), chooseLanguage };
}

/** The texts outside components, at the moment of an event. */
export const t: Translate = (key, values) => written(key, values);
