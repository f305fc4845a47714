import i18next from 'i18next';
import { useCallback, useSyncExternalStore } from 'react';
import type { Dictionary } from './fr.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: Dictionary };
  }
}

export type Language = 'fr' | 'en';

const storedUnder = 'antenne.language';

// Each reader fetches one dictionary.
const dictionaries: Record<Language, () => Promise<Dictionary>> = {
  fr: () => import('./fr.ts').then((module) => module.fr),
  en: () => import('./en.ts').then((module) => module.en),
};

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, 'translation')) return;
  i18next.addResourceBundle(language, 'translation', await dictionaries[language]());
}

/** The language of the moment: the one first-paint.js put on the page until another is chosen. */
export function currentLanguage(): Language {
  return document.documentElement.lang === 'en' ? 'en' : 'fr';
}

/** Loads the reader's dictionary; nothing can be written on the page before. */
export async function startLanguage(): Promise<void> {
  const language = currentLanguage();
  await i18next.init({ lng: language, fallbackLng: false, interpolation: { escapeValue: false } });
  await load(language);
}

/** Changes the language of the page and remembers it. */
export async function chooseLanguage(language: Language): Promise<void> {
  await load(language);
  document.documentElement.lang = language;
  localStorage.setItem(storedUnder, language);
  await i18next.changeLanguage(language);
}

function subscribe(changed: () => void): () => void {
  i18next.on('languageChanged', changed);
  return () => i18next.off('languageChanged', changed);
}

/** The texts in the reader's language; the component follows a change of language. */
export function useText() {
  const language = useSyncExternalStore(subscribe, currentLanguage);
  return { t: i18next.t, language, chooseLanguage: useCallback(chooseLanguage, []) };
}

/** `t` outside components, for texts made at the moment of an event. */
export const t: typeof i18next.t = i18next.t;
export type Translate = typeof i18next.t;
