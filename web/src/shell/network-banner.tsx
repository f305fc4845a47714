import { useEffect, useSyncExternalStore } from 'react';
import { useServices } from '../app-services.ts';
import { useText } from '../i18n/language.ts';

const askAgainMs = 4000;

function subscribeOnline(changed: () => void): () => void {
  addEventListener('online', changed);
  addEventListener('offline', changed);
  return () => {
    removeEventListener('online', changed);
    removeEventListener('offline', changed);
  };
}

/** Says when there is no network, or no server behind it, and comes back by itself. */
export function NetworkBanner() {
  const { t } = useText();
  const { reachability, queries, uploads } = useServices();
  const isOnline = useSyncExternalStore(subscribeOnline, () => navigator.onLine);
  const isAway = useSyncExternalStore(reachability.subscribe, reachability.getState);

  useEffect(() => {
    if (!isAway) return;
    const timer = setInterval(() => {
      void queries.refetchQueries({ type: 'active', predicate: (query) => query.state.status === 'error' });
    }, askAgainMs);
    return () => clearInterval(timer);
  }, [isAway, queries]);

  useEffect(() => {
    if (isOnline && !isAway) uploads.retryLost();
  }, [isOnline, isAway, uploads]);

  const text = !isOnline ? t('state.offline') : isAway ? t('state.serverAway') : null;
  return (
    <div role="status">
      {text !== null && (
        <p className="border-b border-line bg-sunk px-4 py-2 text-center text-soft">{text}</p>
      )}
    </div>
  );
}
