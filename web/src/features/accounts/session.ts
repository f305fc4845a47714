import { ApiProblem, type Client, createClient, type Schema, ServerAway } from '@antenne/client';
import type { KeptHere } from '../../kept-here.ts';

export type Me = Schema<'Me'>;

interface SessionState {
  me: Me | null;
  /** True when a session ended by itself, so that the page can say so. */
  ended: boolean;
}

/** Who is reading, and the one client that speaks for them. */
export interface Session {
  client: Client;
  /** The access token of the moment, for uploads and the socket. */
  token(): string | null;
  getState(): SessionState;
  subscribe(changed: () => void): () => void;
  /** Takes up the session of the last visit, if there is one. */
  start(): Promise<void>;
  signIn(email: string, password: string): Promise<void>;
  /** Opens the station with the one-time link and signs its administrator in. */
  setUp(form: SetUpForm): Promise<void>;
  signOut(): Promise<void>;
  /** Gets a new access token; null when the session is over. */
  refresh(): Promise<string | null>;
}

export interface SetUpForm {
  token: string;
  organisation_name: string;
  username: string;
  email: string;
  password: string;
}

/**
 * Says that a refresh cookie should be there (it can't be read), so that anonymous readers ask nothing.
 * The tokens themselves are never kept in storage.
 */
const hintStoredUnder = 'antenne.session';

export function createSession(storage: KeptHere): Session {
  let accessToken: string | null = null;
  let state: SessionState = { me: null, ended: false };
  const listeners = new Set<() => void>();
  const plain = createClient();

  const set = (change: Partial<SessionState>) => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };

  const end = (ended: boolean) => {
    accessToken = null;
    storage.removeItem(hintStoredUnder);
    set({ me: null, ended });
  };

  async function refresh(): Promise<string | null> {
    try {
      const renewed = await plain.post('/api/auth/refresh', { body: {} });
      accessToken = renewed.access_token;
      return accessToken;
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status >= 500 || error.status === 429) throw error;
      end(state.me !== null);
      return null;
    }
  }

  const client = createClient({ token: () => accessToken, refresh });

  async function enter(token: string): Promise<void> {
    accessToken = token;
    storage.setItem(hintStoredUnder, '1');
    set({ me: await client.get('/api/user/me'), ended: false });
  }

  async function signIn(email: string, password: string): Promise<void> {
    const session = await plain.post('/api/auth/login', { body: { email, password, cookie: true } });
    await enter(session.access_token);
  }

  return {
    client,
    token: () => accessToken,
    getState: () => state,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    refresh,
    signIn,
    start: async () => {
      if (storage.getItem(hintStoredUnder) === null) return;
      try {
        const token = await refresh();
        if (token !== null) await enter(token);
      } catch (error) {
        // Away: the reader stays anonymous for now and the hint stays for the next visit.
        if (!(error instanceof ServerAway) && !(error instanceof ApiProblem)) throw error;
      }
    },
    setUp: async (form) => {
      await plain.post('/api/setup', { body: form });
      // Signing in afresh gives the refresh token as a cookie that no script can read.
      await signIn(form.username, form.password);
    },
    signOut: async () => {
      try {
        await client.post('/api/auth/logout', { body: {} });
      } finally {
        end(false);
      }
    },
  };
}
