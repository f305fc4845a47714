/** What one client, one address and one process may use of the hub. */
export interface SocketLimits {
  maxMessageBytes: number;
  maxSubscriptions: number;
  maxConnections: number;
  maxConnectionsPerIp: number;
  /** Messages from the client: so many at once, and so many a second in the long run. */
  messageBurst: number;
  messagesPerSecond: number;
  /** Messages beyond that which are only refused, where the language has a warning. */
  maxOverruns: number;
  /** Messages that made no sense before the connection is closed. */
  maxFaults: number;
  /** A client that has not read so much of what was sent is dropped. */
  maxBufferedBytes: number;
  /** Without a ping for this long the connection is closed. */
  idleMs: number;
  /** How often the right to stay is asked again. */
  recheckMs: number;
  /** Messages of a channel replayed to a new subscriber. */
  replayLength: number;
  /** Channels remembered for replay; the one silent for longest is forgotten first. */
  replayChannels: number;
}

/** The usual limits: generous for pages, tight for floods. */
export const SOCKET_LIMITS: SocketLimits = {
  maxMessageBytes: 4_096,
  maxSubscriptions: 50,
  maxConnections: 20_000,
  maxConnectionsPerIp: 100,
  messageBurst: 60,
  messagesPerSecond: 10,
  maxOverruns: 20,
  maxFaults: 10,
  maxBufferedBytes: 1_048_576,
  idleMs: 5 * 60_000,
  recheckMs: 30_000,
  replayLength: 10,
  replayChannels: 5_000,
};

/** WebSocket close codes (RFC 6455 §7.4.1) as the hub uses them. */
export const CLOSE = {
  goingAway: 1001,
  unsupported: 1003,
  policy: 1008,
  tooLarge: 1009,
  internal: 1011,
  tryLater: 1013,
} as const;

/** A token bucket: `take` says whether one more is allowed at `nowMs`. */
export function createBucket(burst: number, perSecond: number, startMs: number): (nowMs: number) => boolean {
  let tokens = burst;
  let last = startMs;
  return (nowMs) => {
    tokens = Math.min(burst, tokens + (Math.max(0, nowMs - last) / 1000) * perSecond);
    last = nowMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
