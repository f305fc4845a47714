import { newId } from '../id.ts';

/** What a client may say. */
export type ClientMessage =
  | { type: 'ping' }
  | { type: 'subscribe' | 'unsubscribe'; channel: string }
  | { type: 'fault'; code: string; message: string };

const MAX_CHANNEL_CHARS = 100;

/** Reads a client's text; whatever is wrong with it becomes a `fault` with a sentence. */
export function readClientMessage(text: string): ClientMessage {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { type: 'fault', code: 'malformed', message: 'Send JSON, one object per message.' };
  }
  if (typeof parsed !== 'object' || parsed === null || !('type' in parsed)) {
    return {
      type: 'fault',
      code: 'malformed',
      message: 'A message needs a type: subscribe, unsubscribe or ping.',
    };
  }
  if (parsed.type === 'ping') return { type: 'ping' };
  if (parsed.type !== 'subscribe' && parsed.type !== 'unsubscribe') {
    return { type: 'fault', code: 'unknown-type', message: 'The types are subscribe, unsubscribe and ping.' };
  }
  const channel = channelOf(parsed);
  return channel === null
    ? { type: 'fault', code: 'no-channel', message: `Say which channel to ${parsed.type}.` }
    : { type: parsed.type, channel };
}

/** The channel stands beside `type`, or inside `data` as some older clients write it. */
function channelOf(parsed: object): string | null {
  const named = 'channel' in parsed ? parsed.channel : undefined;
  const data = 'data' in parsed ? parsed.data : undefined;
  const inner = typeof data === 'object' && data !== null && 'channel' in data ? data.channel : undefined;
  const channel = named ?? inner;
  return typeof channel === 'string' && channel !== '' && channel.length <= MAX_CHANNEL_CHARS
    ? channel
    : null;
}

/** The text of one message to a client; `channel` is null for what concerns the connection itself. */
export function writeServerMessage(
  type: string,
  channel: string | null,
  data: unknown,
  nowMs: number,
): string {
  return JSON.stringify({
    type,
    channel,
    data,
    timestamp: new Date(nowMs).toISOString(),
    message_id: newId(),
  });
}
