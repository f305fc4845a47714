import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useServices } from '../app-services.ts';
import type { LiveMessage } from './live-socket.ts';

/** Hears a channel as long as the component is there; null hears nothing. */
export function useLive(channel: string | null, handler: (message: LiveMessage) => void): void {
  const { live } = useServices();
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    if (channel === null) return;
    return live.listen(channel, (message) => latest.current(message));
  }, [live, channel]);
}

const askWithoutSocketMs = 2000;
/** Even a good socket may miss a word: work under way is asked about now and then. */
const askWithSocketMs = 15_000;

/** How often to ask about work under way. */
export function useAskingMs(): number {
  const { live } = useServices();
  const isConnected = useSyncExternalStore(live.subscribe, live.isConnected);
  return isConnected ? askWithSocketMs : askWithoutSocketMs;
}
