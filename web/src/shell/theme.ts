import { useSyncExternalStore } from 'react';
import { keptHere } from '../kept-here.ts';

export type Theme = 'system' | 'light' | 'dark';

const storedUnder = 'antenne.theme';
const listeners = new Set<() => void>();

export function currentTheme(): Theme {
  const stored = keptHere.getItem(storedUnder);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

const systemDark = () => matchMedia('(prefers-color-scheme: dark)');

function show(): void {
  const theme = currentTheme();
  const dark = theme === 'dark' || (theme === 'system' && systemDark().matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

/** Changes the appearance and remembers it; `system` forgets the choice. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') keptHere.removeItem(storedUnder);
  else keptHere.setItem(storedUnder, theme);
  show();
}

/** Follows the system when evening comes. */
export function followSystemTheme(): void {
  systemDark().addEventListener('change', show);
}

export function useTheme(): Theme {
  const subscribe = (changed: () => void) => {
    listeners.add(changed);
    return () => listeners.delete(changed);
  };
  return useSyncExternalStore(subscribe, currentTheme);
}

export const isDark = (): boolean => document.documentElement.dataset.theme === 'dark';
