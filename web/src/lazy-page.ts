import { type ComponentType, lazy } from 'react';
import { openRoomTexts } from './i18n/language.ts';

type Load = () => Promise<{ default: ComponentType }>;

const retryDelaysMs = [1000, 2000, 4000, 8000];

const waits = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Fetches a page's code, patiently: a server that restarts is back in a few seconds. */
async function loadPatiently(load: Load): Promise<{ default: ComponentType }> {
  for (const delayMs of retryDelaysMs) {
    try {
      return await load();
    } catch {
      await waits(delayMs);
    }
  }
  return load();
}

/** The page and what it says come together. */
const withTexts =
  (load: Load): Load =>
  async () =>
    (await Promise.all([load(), openRoomTexts()]))[0];

/**
 * A page whose code comes when it is first needed, or before, when one points at its link. (The router's own
 * lazy component reloads the window when the code cannot be had, which would stop the sound.)
 */
export function lazyPage(load: Load) {
  return Object.assign(
    lazy(() => loadPatiently(withTexts(load))),
    { preload: () => loadPatiently(withTexts(load)).then(() => undefined) },
  );
}

const quietMs = 1500;

/** Once the first page is there and the line is free, fetches the others: a later loss of it costs nothing. */
export function preloadWhenQuiet(preloads: (() => Promise<unknown>)[]): void {
  const preload = () => {
    for (const each of preloads) each().catch(() => undefined);
  };
  const isSaving = 'connection' in navigator && (navigator.connection as { saveData?: boolean }).saveData;
  if (isSaving === true) return;
  setTimeout(() => ('requestIdleCallback' in globalThis ? requestIdleCallback(preload) : preload()), quietMs);
}
