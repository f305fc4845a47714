import type { Readable } from 'node:stream';
import { FetchFailed } from '../../../kernel/net/errors.ts';
import type { GuardedFetch } from '../../../kernel/net/guarded-fetch.ts';
import type { Segment } from './segmented-sound.ts';

/** A whole piece may take so long; a player would have given up long before. */
const longestMs = 300_000;

/** The bytes of one piece. Throws AddressRefused, FetchFailed or the signal's reason. */
export async function fetchPiece(
  fetch: GuardedFetch,
  { address, stretch }: Segment,
  { signal, maxBytes }: { signal: AbortSignal; maxBytes: number },
): Promise<Readable> {
  const last = stretch === null ? 0 : stretch.start + stretch.length - 1;
  const reply = await fetch(address, {
    signal,
    maxBytes,
    totalTimeoutMs: longestMs,
    headers: stretch === null ? {} : { range: `bytes=${stretch.start}-${last}` },
  });
  const wanted = stretch === null ? 200 : 206;
  if (
    reply.status === wanted &&
    (stretch === null || startsAt(reply.headers['content-range']) === stretch.start)
  ) {
    return reply.body;
  }
  reply.body.destroy();
  if (stretch !== null && (reply.status === 200 || reply.status === 206)) {
    throw new FetchFailed('encoding', 'The host does not give the byte ranges that this stream is made of');
  }
  throw new FetchFailed('status', `The host answered a segment with status ${reply.status}`, {
    status: reply.status,
  });
}

const startsAt = (range: string | undefined) => Number(/^bytes (\d+)-/.exec(range ?? '')?.[1] ?? -1);
