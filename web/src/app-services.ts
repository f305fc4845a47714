import { ServerAway } from '@antenne/client';
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { createSession, type Session } from './features/accounts/session.ts';
import { type Upload, UploadQueue } from './features/media/upload-queue.ts';
import { currentLanguage, t } from './i18n/language.ts';
import { keptHere } from './kept-here.ts';
import { createLiveUpdates, type LiveUpdates } from './live-updates/live-socket.ts';
import { silencesOf } from './player/measured.ts';
import { createOpenTrack } from './player/open-track.ts';
import { Player } from './player/player.ts';
import type { PlayerState } from './player/player-state.ts';
import { createSavedPositions } from './player/saved-positions.ts';
import { SilenceSkip } from './player/skip-silence.ts';
import { SleepTimer } from './player/sleep-timer.ts';
import { createNotices, type Notices } from './ui/notices.ts';
import { problemText } from './ui/problem-text.ts';
import { createReachability, type Reachability } from './ui/reachability.ts';
import { createRemovals, type Removals } from './ui/removals.ts';

/** What lives as long as the page, above the router: made once in main.tsx, reached with `useServices`. */
export interface Services {
  session: Session;
  queries: QueryClient;
  player: Player;
  silenceSkip: SilenceSkip;
  sleepTimer: SleepTimer;
  uploads: UploadQueue;
  live: LiveUpdates;
  notices: Notices;
  removals: Removals;
  reachability: Reachability;
}

const maxQueryRetries = 2;

function createQueries(reachability: Reachability): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => error instanceof ServerAway && reachability.setAway(true),
      onSuccess: () => reachability.setAway(false),
    }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        networkMode: 'always',
        // A refusal is an answer; only silence is asked again.
        retry: (count, error) => error instanceof ServerAway && count < maxQueryRetries,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

function socketAddress(session: Session, clientId: string): string {
  const address = new URL('/ws', location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  address.searchParams.set('client_id', clientId);
  const token = session.token();
  if (token !== null) address.searchParams.set('token', token);
  return address.href;
}

/** The client of the protocol comes when a file does. */
const sendModule = () => import('./features/media/send-file.ts');
/** A new token lasts longer than this: a refusal sooner after it is about something else. */
const soonAgainMs = 60_000;

function createUploads(session: Session): UploadQueue {
  const owner = () => session.getState().me?.id ?? '';
  let refreshedAtMs = Number.NEGATIVE_INFINITY;

  async function send(
    upload: Upload,
    file: File,
    onSent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<string> {
    const { sendFile, isSessionOver } = await sendModule().catch((cause) => {
      throw new ServerAway('A part of the page could not be fetched.', { cause });
    });
    try {
      const sending = { upload, file, owner: owner(), token: session.token, onSent, signal };
      const { recordingId, told } = await sendFile(sending);
      const { title, language } = upload;
      if (told.title !== title || told.language !== language) {
        await session.client.patch('/api/recordings/{id}', {
          path: { id: recordingId },
          body: { title, language },
        });
      }
      return recordingId;
    } catch (error) {
      // A file may take longer than a token lasts.
      if (!isSessionOver(error) || Date.now() - refreshedAtMs < soonAgainMs) throw error;
      refreshedAtMs = Date.now();
      if ((await session.refresh()) === null) throw error;
      return send(upload, file, onSent, signal);
    }
  }

  return new UploadQueue({
    send,
    forget: async (file) => (await sendModule()).forgetFile(owner(), file, session.token()),
    publish: async (recordingId, { title, date, type, commission }) => {
      const body = { title, date, type, recording_id: recordingId, commission: commission || undefined };
      return (await session.client.post('/api/debats', { body })).id;
    },
    newId: () => crypto.randomUUID(),
    now: Date.now,
  });
}

export function createServices(): Services {
  const session = createSession(keptHere);
  const reachability = createReachability();
  const notices = createNotices();
  const clientId = Math.random().toString(36).slice(2);
  const queries = createQueries(reachability);
  const player = new Player({
    audio: new Audio(),
    open: createOpenTrack(session.client, () => isHeldBy(session, 'media.read')),
    positions: createSavedPositions(keptHere),
    storage: keptHere,
  });
  const read = async (recordingId: string) =>
    (await queries.fetchQuery(silencesOf(session.client, recordingId))).silences;
  return {
    session,
    queries,
    player,
    silenceSkip: new SilenceSkip({ player, storage: keptHere, read }),
    sleepTimer: new SleepTimer(player),
    uploads: createUploads(session),
    live: createLiveUpdates({
      address: () => socketAddress(session, clientId),
      open: (address) => new WebSocket(address),
    }),
    notices,
    removals: createRemovals(notices, (problem) =>
      notices.say(problemText(problem, t, currentLanguage()).sentence),
    ),
    reachability,
  };
}

const isHeldBy = (session: Session, permission: string): boolean =>
  session.getState().me?.permissions.includes(permission) ?? false;

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error('useServices is for components under ServicesContext');
  return services;
}

/** Who is signed in, or null. */
export function useMe() {
  const { session } = useServices();
  return useSyncExternalStore(session.subscribe, session.getState).me;
}

/** True when the reader holds the permission; the server decides again at each request. */
export function useMay(permission: string): boolean {
  return useMe()?.permissions.includes(permission) ?? false;
}

/** One value of the player's state; the component follows that value alone. */
export function usePlayerState<T>(select: (state: PlayerState) => T): T {
  const { player } = useServices();
  return useSyncExternalStore(player.subscribe, () => select(player.getState()));
}

export function useUploads(): readonly Upload[] {
  const { uploads } = useServices();
  return useSyncExternalStore(uploads.subscribe, uploads.getUploads);
}
