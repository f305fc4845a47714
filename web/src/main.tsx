import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createServices, type Services, ServicesContext } from './app-services.ts';
import { startLanguage, t } from './i18n/language.ts';
import { preloadWhenQuiet } from './lazy-page.ts';
import { connectMediaSession } from './player/media-session.ts';
import { createAppRouter, pagePreloads } from './router.ts';
import { followSystemTheme } from './shell/theme.ts';
import './styles/app.css';

/** Warns before a page with unfinished uploads is closed. */
function guardUploads({ uploads }: Services): void {
  addEventListener('beforeunload', (event) => {
    if (uploads.activeCount() > 0) event.preventDefault();
  });
}

/** A session that ends by itself is said, and the work rooms close. */
function watchSession({ session, notices }: Services, closeRooms: () => void): void {
  let wasEnded = false;
  session.subscribe(() => {
    const { ended, me } = session.getState();
    if (ended && !wasEnded) notices.say(t('shell.sessionOver'));
    wasEnded = ended;
    if (me === null) closeRooms();
  });
}

async function open(): Promise<void> {
  const page = document.getElementById('page');
  if (page === null) throw new Error('index.html has no #page');
  const services = createServices();
  await Promise.all([startLanguage(), services.session.start()]);
  const router = createAppRouter(services);
  followSystemTheme();
  guardUploads(services);
  watchSession(services, () => void router.invalidate());
  connectMediaSession(services.player, () => document.title.split(' — ').at(-1) ?? '');
  createRoot(page).render(
    <StrictMode>
      <ServicesContext value={services}>
        <QueryClientProvider client={services.queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ServicesContext>
    </StrictMode>,
  );
  preloadWhenQuiet(pagePreloads(services.session.getState().me !== null));
}

void open();
