import type { Services } from '../app-services.ts';
import { t } from '../i18n/language.ts';

/** Ends the session; what only its owner may see leaves the page with it. */
export async function signOutOf({ session, queries, notices, live }: Services): Promise<void> {
  await session.signOut().catch(() => undefined);
  live.reconnect();
  await queries.resetQueries();
  notices.say(t('shell.signedOut'));
}
