import { useSyncExternalStore } from 'react';
import { keptHere } from '../kept-here.ts';
import { createTranslate, type Translate } from './translate.ts';

export type { Translate } from './translate.ts';
export type Language = 'fr' | 'en';

const storedUnder = 'antenne.language';

// Each reader fetches one dictionary.
const translators: Record<Language, () => Promise<Translate>> = {
  fr: () => import('./fr.ts').then(({ fr }) => createTranslate(fr, 'fr-FR')),
  en: () => import('./en.ts').then(({ en }) => createTranslate(en, 'en-GB')),
};

let written: Translate = (key) => key;
const listeners = new Set<() => void>();

/** The language of the moment: the one first-paint.js put on the page until another is chosen. */
export function currentLanguage(): Language {
  return document.documentElement.lang === 'en' ? 'en' : 'fr';
}

/** Loads the reader's dictionary; nothing can be written on the page before. */
export async function startLanguage(): Promise<void> {
  written = await translators[currentLanguage()]();
}

/** Changes the language of the page and remembers it. */
export async function chooseLanguage(language: Language): Promise<void> {
  written = await translators[language]();
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
