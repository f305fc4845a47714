import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

const compress = promisify(gzip);

/** Below this, the headers weigh more than what is won. */
const SMALLEST_BYTES = 1_024;
/** Text shrinks to a fifth at the fastest level already; the rest of the time is the reader's. */
const LEVEL = 4;

/** `onSend` of a route whose replies are long texts: gzip for those who take it (RFC 9110 §12.5.3). */
export async function gzipText(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (typeof payload !== 'string' || reply.hasHeader('content-encoding')) return payload;
  reply.header('vary', 'accept-encoding');
  if (payload.length < SMALLEST_BYTES || !takesGzip(request.headers['accept-encoding'])) return payload;
  reply.header('content-encoding', 'gzip').removeHeader('content-length');
  return compress(payload, { level: LEVEL });
}

function takesGzip(header: string | string[] | undefined): boolean {
  const wishes = String(header ?? '')
    .toLowerCase()
    .split(',')
    .map((each) => each.trim().split(/\s*;\s*/));
  const weightOf = (name: string) => {
    const wish = wishes.find(([coding]) => coding === name);
    const weight = wish?.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return wish && Number(weight ?? 1);
  };
  return (weightOf('gzip') ?? weightOf('*') ?? 0) > 0;
}
