import { createRootRouteWithContext, createRoute, createRouter, redirect } from '@tanstack/react-router';
import type { Services } from './app-services.ts';
import { ArchivePage } from './features/archive/archive-page.tsx';
import { readArchiveSearch } from './features/archive/archive-search.ts';
import { readSpokenSearch } from './features/search/search-search.ts';
import { readTranscriptionsSearch } from './features/transcription/transcriptions-search.ts';
import { lazyPage } from './lazy-page.ts';
import { NotFound } from './shell/not-found.tsx';
import { PageCrashed } from './shell/page-crashed.tsx';
import { PagePending } from './shell/page-pending.tsx';
import { Shell } from './shell/shell.tsx';

interface RouterContext {
  services: Services;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
/** A second of a sound, and words to mark in its text. */
const readPlace = (search: Record<string, unknown>): { t?: string; q?: string } => ({
  t: text(search.t),
  q: text(search.q),
});

/** Work rooms send whoever is not signed in to the door, and back afterwards. */
function needsAccount({ context, location }: { context: RouterContext; location: { href: string } }): void {
  if (context.services.session.getState().me !== null) return;
  throw redirect({ to: '/sign-in', search: { return: location.href } });
}

const pages = {
  debat: lazyPage(() => import('./features/archive/debat-page.tsx')),
  recordings: lazyPage(() => import('./features/media/recordings-page.tsx')),
  recording: lazyPage(() => import('./features/media/recording-page.tsx')),
  transcriptions: lazyPage(() => import('./features/transcription/transcriptions-page.tsx')),
  search: lazyPage(() => import('./features/search/search-page.tsx')),
  trash: lazyPage(() => import('./features/media/trash-page.tsx')),
  bring: lazyPage(() => import('./features/media/bring-page.tsx')),
  signIn: lazyPage(() => import('./features/accounts/sign-in-page.tsx')),
  setup: lazyPage(() => import('./features/accounts/setup-page.tsx')),
};

/** The code of the pages that a reader may open next. */
export function pagePreloads(isSignedIn: boolean): (() => Promise<unknown>)[] {
  const { debat, search, recordings, recording, transcriptions, bring, signIn } = pages;
  const work = [recordings, recording, transcriptions, bring];
  const next = isSignedIn ? [debat, search, ...work] : [debat, search, signIn];
  return [...next.map(({ preload }) => preload), () => import('./player/dock.tsx')];
}

const root = createRootRouteWithContext<RouterContext>()({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: PageCrashed,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/archive', replace: true });
  },
});

const archive = createRoute({
  getParentRoute: () => root,
  path: '/archive',
  validateSearch: readArchiveSearch,
  component: ArchivePage,
});

const debat = createRoute({
  getParentRoute: () => root,
  path: '/archive/$id',
  validateSearch: readPlace,
  component: pages.debat,
});

const recordings = createRoute({
  getParentRoute: () => root,
  path: '/recordings',
  beforeLoad: needsAccount,
  validateSearch: (search: Record<string, unknown>): { page?: number } => {
    const page = Number(search.page);
    return Number.isInteger(page) && page > 1 ? { page } : {};
  },
  component: pages.recordings,
});

const bring = createRoute({
  getParentRoute: () => root,
  path: '/recordings/new',
  beforeLoad: needsAccount,
  component: pages.bring,
});

const trash = createRoute({
  getParentRoute: () => root,
  path: '/recordings/trash',
  beforeLoad: needsAccount,
  validateSearch: (search: Record<string, unknown>): { page?: number } => {
    const page = Number(search.page);
    return Number.isInteger(page) && page > 1 ? { page } : {};
  },
  component: pages.trash,
});

const recording = createRoute({
  getParentRoute: () => root,
  // Open to all: a public recording is read and heard without an account.
  path: '/recordings/$id',
  validateSearch: readPlace,
  component: pages.recording,
});

const transcriptions = createRoute({
  getParentRoute: () => root,
  path: '/transcriptions',
  beforeLoad: needsAccount,
  validateSearch: readTranscriptionsSearch,
  component: pages.transcriptions,
});

const search = createRoute({
  getParentRoute: () => root,
  path: '/search',
  validateSearch: readSpokenSearch,
  component: pages.search,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { return?: string } => ({ return: text(search.return) }),
  component: pages.signIn,
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search: Record<string, unknown>): { token?: string } => ({ token: text(search.token) }),
  component: pages.setup,
});

/** Addresses stay plain: `?t=1:02:45&q=eau`, without the JSON that the router would write. */
const parseSearch = (search: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(search));

function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== null);
  const written = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  // A colon needs no escape in a query (RFC 3986 3.4), and a time reads better with it.
  return written === '' ? '' : `?${written.replaceAll('%3A', ':')}`;
}

export function createAppRouter(services: Services) {
  return createRouter({
    routeTree: root.addChildren([
      home,
      archive,
      debat,
      search,
      recordings,
      bring,
      trash,
      recording,
      transcriptions,
      signIn,
      setup,
    ]),
    context: { services },
    defaultPreload: 'intent',
    defaultPendingComponent: PagePending,
    // The shell is there at once on a slow line, and a page that comes soon is not preceded by a flash.
    defaultPendingMs: 200,
    defaultPendingMinMs: 0,
    // For each page, within the shell: the player outlives a page that fails.
    defaultErrorComponent: PageCrashed,
    scrollRestoration: true,
    parseSearch,
    stringifySearch,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
