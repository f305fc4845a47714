/** One message of the server, on one channel. */
export interface LiveMessage {
  type: string;
  channel: string | null;
  data: Record<string, unknown>;
}

type Handler = (message: LiveMessage) => void;

/** What others' work does, as it happens; the pages that listen fall back to asking when it is away. */
export interface LiveUpdates {
  /** Hears a channel until the returned function is called. The socket is open only while someone listens. */
  listen(channel: string, handler: Handler): () => void;
  isConnected(): boolean;
  subscribe(changed: () => void): () => void;
  /** Opens the socket again, with the right of whoever is signed in now. */
  reconnect(): void;
}

interface LiveParts {
  /** The socket's address with the access token of the moment. */
  address(): string;
  open(address: string): WebSocket;
}

/** Words about the socket itself, which are no news of a channel. */
const controlTypes = new Set(['connected', 'subscribed', 'unsubscribed', 'pong', 'error']);

const pingEveryMs = 60_000;

/** 1, 2, 4 … 30 s, with a spread so that a room full of pages does not return at the same instant. */
export function reconnectDelayMs(attempt: number, random: () => number = Math.random): number {
  return Math.min(30_000, 1000 * 2 ** attempt) * (0.75 + random() / 2);
}

/** Reads a message; null for what is not one. */
export function parseMessage(text: unknown): LiveMessage | null {
  if (typeof text !== 'string') return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('type' in value)) return null;
    const { type, channel, data } = value as { type: unknown; channel?: unknown; data?: unknown };
    if (typeof type !== 'string') return null;
    return {
      type,
      channel: typeof channel === 'string' ? channel : null,
      data: typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {},
    };
  } catch {
    return null;
  }
}

export function createLiveUpdates({ address, open }: LiveParts): LiveUpdates {
  const channels = new Map<string, Set<Handler>>();
  const watchers = new Set<() => void>();
  let socket: WebSocket | null = null;
  let connected = false;
  let attempt = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let ping: ReturnType<typeof setInterval> | undefined;

  const send = (type: string, channel?: string) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type, channel }));
  };

  const setConnected = (value: boolean) => {
    if (connected === value) return;
    connected = value;
    for (const watcher of watchers) watcher();
  };

  const close = () => {
    clearTimeout(retry);
    clearInterval(ping);
    const closing = socket;
    socket = null;
    closing?.close();
    setConnected(false);
  };

  const connect = () => {
    const mine = open(address());
    socket = mine;
    mine.addEventListener('open', () => {
      attempt = 0;
      for (const channel of channels.keys()) send('subscribe', channel);
      ping = setInterval(() => send('ping'), pingEveryMs);
      setConnected(true);
    });
    mine.addEventListener('message', (event) => {
      const message = parseMessage(event.data);
      if (message?.channel == null || controlTypes.has(message.type)) return;
      for (const handler of channels.get(message.channel) ?? []) handler(message);
    });
    mine.addEventListener('close', () => {
      if (socket !== mine) return;
      close();
      if (channels.size > 0) retry = setTimeout(connect, reconnectDelayMs(attempt++));
    });
  };

  return {
    isConnected: () => connected,
    subscribe: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    reconnect: () => {
      if (socket === null) return;
      close();
      connect();
    },
    listen: (channel, handler) => {
      const handlers = channels.get(channel) ?? new Set<Handler>();
      if (handlers.size === 0) send('subscribe', channel);
      handlers.add(handler);
      channels.set(channel, handlers);
      if (socket === null) {
        clearTimeout(retry);
        connect();
      }
      return () => {
        handlers.delete(handler);
        if (handlers.size > 0) return;
        channels.delete(channel);
        send('unsubscribe', channel);
        if (channels.size === 0) close();
      };
    },
  };
}
