import { useNavigate } from '@tanstack/react-router';
import { useLayoutEffect } from 'react';
import { type Services, useServices } from '../app-services.ts';
import { copyPlace } from '../player/copy-place.ts';
import { landmarksOf, stepAmong } from '../player/landmarks.ts';

/** True where letters and spaces belong to what has the focus. */
export function takesKeys(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || target.closest('input, textarea, select, dialog, [role="menu"]') !== null
  );
}

/** True where the space bar presses what has the focus. */
const takesSpace = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('button, a, summary, [role="button"]') !== null;

/** Puts the focus in a field of the page; true when there is one. */
function focusField(selector: string): boolean {
  const field = document.querySelector<HTMLInputElement>(selector);
  field?.focus();
  field?.select();
  return field !== null;
}

type Key = (services: Services) => void;

/** To the next word or chapter, or back. */
const stepTo =
  (kind: 'words' | 'chapters', direction: 1 | -1): Key =>
  ({ player, queries }) => {
    const { track } = player.getState();
    const place = track && stepAmong(landmarksOf(queries, track, kind), player.now(), direction);
    if (place !== null) player.seek(place);
  };

const playerKeys: Record<string, Key> = {
  ' ': ({ player }) => player.toggle(),
  k: ({ player }) => player.toggle(),
  j: ({ player }) => player.skip(-10),
  l: ({ player }) => player.skip(10),
  ArrowLeft: ({ player }) => player.skip(-5),
  ArrowRight: ({ player }) => player.skip(5),
  '<': ({ player }) => player.habits.stepRate(-1),
  '>': ({ player }) => player.habits.stepRate(1),
  ',': stepTo('words', -1),
  '.': stepTo('words', 1),
  '[': stepTo('chapters', -1),
  ']': stepTo('chapters', 1),
  c: (services) => {
    const { track } = services.player.getState();
    if (track !== null) void copyPlace(services, track);
  },
};

interface Panels {
  openPalette(): void;
  openKeys(): void;
}

/** The keys that work on every page. */
export function useKeyboard({ openPalette, openKeys }: Panels): void {
  const services = useServices();
  const navigate = useNavigate();
  // Before the first paint: whoever sees the page may already press a key.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        openPalette();
        return;
      }
      // Many keyboards have their brackets behind AltGr, which some systems tell as Ctrl and Alt.
      const isCommand =
        (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState('AltGraph');
      if (isCommand || takesKeys(event.target)) return;
      if (event.key === '?') openKeys();
      else if (event.key === '/') {
        // The page of the search takes the focus itself when it comes with nothing to look for.
        if (!focusField('input[data-search]')) void navigate({ to: '/search' });
      } else if (event.key === 'f' && focusField('input[data-find]')) {
        // The text of this page is searched from here on.
      } else {
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        const act = playerKeys[key];
        const isIdle = services.player.getState().track === null;
        if (act === undefined || isIdle || (key === ' ' && takesSpace(event.target))) return;
        act(services);
      }
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [services, navigate, openPalette, openKeys]);
}
