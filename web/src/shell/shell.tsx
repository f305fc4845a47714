import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useState } from 'react';
import { usePlayerState } from '../app-services.ts';
import { useText } from '../i18n/language.ts';
import { useKeyboard } from './keyboard.ts';
import { Masthead } from './masthead.tsx';
import { NetworkBanner } from './network-banner.tsx';
import { NoticeList } from './notice-list.tsx';

const Dock = lazy(() => import('../player/dock.tsx'));
const Palette = lazy(() => import('./palette.tsx'));
const KeysDialog = lazy(() => import('./keys-dialog.tsx'));

/** What surrounds every page and stays while pages change. */
export function Shell() {
  const { t } = useText();
  const [panel, setPanel] = useState<'palette' | 'keys' | null>(null);
  const openPalette = useCallback(() => setPanel('palette'), []);
  const openKeys = useCallback(() => setPanel('keys'), []);
  // The browser tells of a closed dialog a little later: another may be open by then, and stays.
  const close = (closed: typeof panel) => () => setPanel((open) => (open === closed ? null : open));
  useKeyboard({ openPalette, openKeys });
  const isFirstRun = useRouterState({ select: (state) => state.location.pathname === '/setup' });
  const hasTrack = usePlayerState((state) => state.track !== null);
  return (
    <>
      <a
        href="#main"
        className="absolute left-4 z-30 -translate-y-20 rounded-(--radius) bg-ink px-4 py-2 text-paper focus:translate-y-3"
      >
        {t('shell.skip')}
      </a>
      {!isFirstRun && <Masthead openPalette={openPalette} openKeys={openKeys} />}
      <NetworkBanner />
      <main
        id="main"
        tabIndex={-1}
        className={`mx-auto max-w-[84rem] px-4 md:px-6 ${hasTrack ? 'pb-44' : 'pb-16'}`}
      >
        <Outlet />
      </main>
      <NoticeList />
      {/* One boundary each: while code of one comes, React hides and shuts whatever shares its boundary. */}
      <Suspense>{hasTrack && <Dock />}</Suspense>
      <Suspense>{panel === 'palette' && <Palette onClose={close('palette')} />}</Suspense>
      <Suspense>{panel === 'keys' && <KeysDialog onClose={close('keys')} />}</Suspense>
    </>
  );
}
