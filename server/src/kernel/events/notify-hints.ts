import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { runSql } from '../db/db.ts';
import type { Logger } from '../log/log.ts';
import type { Hints } from './hints.ts';

const PG_CHANNEL = 'antenne_hints';
/** NOTIFY takes at most 8000 bytes. */
const LARGEST_PAYLOAD_BYTES = 7_500;
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10_000;
/** A way that died without a word is asked after this long, rather than after the system's two hours. */
const KEEP_ALIVE_MS = 30_000;

/** Told to listeners of this channel when the connection is lost: nothing is heard until it is back. */
export const HINTS_LOST = 'hints.lost';
/** Told to listeners of this channel after a lost connection: hints may have been missed, look again. */
export const HINTS_RESUMED = 'hints.resumed';

/** Hints over one LISTEN connection of this process; reconnects by itself. */
export async function openNotifyHints(url: string, log: Logger): Promise<Hints> {
  const listeners = new Map<string, Set<(data: unknown) => void>>();
  let closed = false;
  let client: pg.Client | null = null;

  const deliver = (channel: string, data: unknown): void => {
    for (const listener of listeners.get(channel) ?? []) {
      try {
        listener(data);
      } catch (error) {
        log.error({ err: error, channel }, 'a hint listener failed');
      }
    }
  };

  /** The connection becomes ours only once it listens: one that breaks before is the caller's to try again. */
  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'antenne-hints',
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    });
    next.on('notification', (message) => {
      const hint = parseHint(message.payload);
      if (hint) deliver(hint.channel, hint.data);
    });
    next.on('error', () => {});
    next.on('end', () => {
      if (!closed && client === next) void reconnect();
    });
    try {
      await next.connect();
      await next.query(`listen ${PG_CHANNEL}`);
    } catch (error) {
      await next.end().catch(() => {});
      throw error;
    }
    if (closed) return next.end();
    client = next;
  };

  const reconnect = async (): Promise<void> => {
    log.warn('the hint connection was lost; reconnecting');
    deliver(HINTS_LOST, null);
    for (let wait = FIRST_RETRY_MS; !closed; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      try {
        await connect();
        if (!closed) deliver(HINTS_RESUMED, null);
        return;
      } catch {
        await delay(wait, undefined, { ref: false });
      }
    }
  };

  await connect();
  return {
    publish: async (q, channel, data) => {
      const payload = JSON.stringify({ channel, data });
      if (Buffer.byteLength(payload) > LARGEST_PAYLOAD_BYTES)
        throw new RangeError(`a hint on ${channel} is too long`);
      await runSql(q, 'select pg_notify($1, $2)', [PG_CHANNEL, payload]);
    },
    on: (channel, listener) => {
      const set = listeners.get(channel) ?? new Set();
      listeners.set(channel, set.add(listener));
      return () => void set.delete(listener);
    },
    close: async () => {
      closed = true;
      await client?.end();
    },
  };
}

function parseHint(payload: string | undefined): { channel: string; data: unknown } | null {
  try {
    const hint: unknown = JSON.parse(payload ?? '');
    if (typeof hint !== 'object' || hint === null || !('channel' in hint)) return null;
    return typeof hint.channel === 'string'
      ? { channel: hint.channel, data: 'data' in hint ? hint.data : null }
      : null;
  } catch {
    return null;
  }
}
