import { Link } from '@tanstack/react-router';
import { lazy, Suspense, startTransition, useState } from 'react';
import { useMay, useMe, usePlayerState, useUploads } from '../app-services.ts';
import { useOrganisationName } from '../features/accounts/organisation.ts';
import { useText } from '../i18n/language.ts';
import { buttonLook, IconButton } from '../ui/controls.tsx';
import { Icon } from '../ui/icons.tsx';
import { commandKey } from './command-key.ts';

const SettingsMenu = lazy(() => import('./settings-menu.tsx'));

/** The lamp of the studio door: lit while something is heard. */
function Lamp() {
  const isOn = usePlayerState((state) => state.phase === 'playing');
  return (
    <span
      aria-hidden="true"
      className={`size-2.5 shrink-0 rounded-full border-[1.5px] transition-colors duration-200 ${isOn ? 'border-signal bg-signal' : 'border-line-strong'}`}
    />
  );
}

const navLook =
  'relative py-2 text-soft no-underline hover:text-ink data-[status=active]:text-ink data-[status=active]:font-medium data-[status=active]:after:absolute data-[status=active]:after:inset-x-0 data-[status=active]:after:bottom-0.5 data-[status=active]:after:h-[1.5px] data-[status=active]:after:bg-ink';

function UploadsUnderWay() {
  const { t } = useText();
  const active = useUploads().filter(({ state }) => ['waiting', 'sending', 'saving', 'lost'].includes(state));
  if (active.length === 0) return null;
  const sent = active.reduce((sum, upload) => sum + upload.sentBytes, 0);
  const total = active.reduce((sum, upload) => sum + Math.max(1, upload.sizeBytes), 0);
  return (
    <Link
      to="/recordings/new"
      className="flex items-center gap-2 text-note text-soft no-underline hover:text-ink"
    >
      <Icon name="up" size={14} />
      <span className="max-md:sr-only">{t('shell.uploads', { count: active.length })}</span>
      <span>{Math.floor((sent / total) * 100)} %</span>
    </Link>
  );
}

interface MastheadProps {
  openPalette(): void;
  openKeys(): void;
}

/** The head of every page: whose station it is, its rooms, the way to everything else. */
export function Masthead({ openPalette, openKeys }: MastheadProps) {
  const { t } = useText();
  const me = useMe();
  const name = useOrganisationName();
  return (
    <header className="border-b border-line">
      <div className="mx-auto flex max-w-[84rem] flex-wrap items-center gap-x-7 px-4 md:h-16 md:flex-nowrap md:px-6">
        <Link
          to="/archive"
          className="flex min-w-0 items-center gap-2.5 py-3 no-underline max-md:flex-1"
          aria-label={t('shell.home', { name })}
        >
          <Lamp />
          <span className="line-clamp-2 font-serif text-[1.0625rem] leading-tight font-semibold tracking-[-0.01em] md:text-[1.1875rem]">
            {name}
          </span>
        </Link>
        <Rooms />
        <div className="flex items-center gap-1 md:ml-auto md:gap-3">
          <UploadsUnderWay />
          <button
            type="button"
            onClick={openPalette}
            className="flex h-10 items-center gap-2.5 rounded-(--radius) px-2.5 text-faint transition-colors hover:bg-sunk hover:text-ink md:border md:border-line lg:min-w-60"
          >
            <Icon name="search" size={16} />
            <span className="max-lg:sr-only">{t('shell.findOrGo')}</span>
            <kbd className="ml-auto font-sans text-note max-md:hidden">{commandKey} K</kbd>
          </button>
          {me === null && (
            <Link to="/sign-in" className={`${buttonLook('quiet')} no-underline max-sm:hidden`}>
              {t('shell.signIn')}
            </Link>
          )}
          <Settings openKeys={openKeys} />
        </div>
      </div>
    </header>
  );
}

/** The rooms that the reader may enter. */
function Rooms() {
  const { t } = useText();
  const me = useMe();
  const mayReadTexts = useMay('transcription.read');
  return (
    <nav
      aria-label={t('shell.navigation')}
      className={`flex items-center gap-6 max-md:order-last max-md:w-full ${me === null ? '' : 'max-md:justify-between max-md:gap-2.5'} max-md:overflow-x-auto max-md:pb-1 max-md:text-note max-md:[scrollbar-width:none]`}
    >
      <Link to="/archive" className={navLook}>
        {t('shell.archive')}
      </Link>
      <Link to="/search" className={navLook}>
        {t('shell.search')}
      </Link>
      {me !== null && (
        <Link to="/recordings" className={navLook}>
          {t('shell.recordings')}
        </Link>
      )}
      {mayReadTexts && (
        <Link to="/transcriptions" className={navLook}>
          {t('shell.transcriptions')}
        </Link>
      )}
    </nav>
  );
}

/** The menu's code comes at the first press: no reader pays for it before. */
function Settings({ openKeys }: { openKeys(): void }) {
  const { t } = useText();
  const me = useMe();
  const [isWanted, setWanted] = useState(false);
  const want = () => startTransition(() => setWanted(true));
  const name = me === null ? t('shell.menu') : t('shell.account', { name: me.username });
  const trigger = <IconButton name={name} icon="settings" size={20} aria-haspopup="menu" onClick={want} />;
  // In a transition the button keeps its place and the focus until the menu can be drawn.
  return (
    <Suspense fallback={trigger}>
      {isWanted ? <SettingsMenu trigger={trigger} openKeys={openKeys} /> : trigger}
    </Suspense>
  );
}
